namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A column of the schema.</summary>
/// <param name="Element">Its element.</param>
/// <param name="Path">The names down to it, for messages.</param>
/// <param name="Steps">What stands above a value, from the root down: true a list, false something optional.</param>
internal sealed record ParquetLeaf(ParquetElement Element, string Path, IReadOnlyList<bool> Steps)
{
    /// <summary>Definition level of an entry that has a value.</summary>
    public int MaxDefinition => Steps.Count;

    /// <summary>Lists that the column is in.</summary>
    public int MaxRepetition { get; } = Steps.Count(isList => isList);

    /// <summary>What its values mean.</summary>
    public MeaningKind Kind => Element.Meaning.Kind;
}
