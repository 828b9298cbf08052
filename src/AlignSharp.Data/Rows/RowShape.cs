namespace AlignSharp.Data.Rows;

/// <summary>A way in which data files lay out their rows.</summary>
/// <typeparam name="T">What a row becomes.</typeparam>
/// <param name="Name">Name for messages and docs.</param>
/// <param name="Fields">Fields that a row must have; others are ignored.</param>
/// <param name="Read">Reads one row; refuses a bad one with a <see cref="Faults.DatasetException"/>.</param>
public sealed record RowShape<T>(string Name, IReadOnlyList<string> Fields, Func<RowFields, T> Read)
{
    /// <summary>Whether a row has all fields of the shape.</summary>
    /// <param name="row">A row.</param>
    public bool Fits(RowFields row) => Fields.All(row.Has);
}
