namespace AlignSharp.Data.Rows;

/// <summary>A way in which data files lay out their rows.</summary>
/// <typeparam name="T">What a row becomes.</typeparam>
/// <param name="Name">Name for messages and docs.</param>
/// <param name="Fields">Fields that a row must have; others are ignored.</param>
/// <param name="Read">Reads one row; refuses one whose fields hold something else with a <see cref="Faults.DatasetException"/>.</param>
public sealed record RowShape<T>(string Name, IReadOnlyList<string> Fields, Func<RowFields, T> Read)
{
    /// <summary>What the fields must hold beside being there, where fields alone do not tell one shape from another.</summary>
    public Func<RowFields, bool> Holds { get; init; } = _ => true;

    /// <summary>What becomes of the fields, for people: <c>prompt = question, chosen = ...</c>; empty where names say it.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>Whether a row is of the shape.</summary>
    /// <param name="row">A row.</param>
    public bool Fits(RowFields row) => Fields.All(row.Has) && Holds(row);

    /// <summary>Name and meaning.</summary>
    public override string ToString() => Meaning.Length == 0 ? Name : $"{Name}: {Meaning}";
}
