using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A part of a row: it takes its entries from the columns below it and writes them as JSON.</summary>
internal abstract class ParquetNode
{
    /// <summary>The columns below it; the first tells whether the part is there.</summary>
    public abstract IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>Writes the part and moves its columns past it.</summary>
    public abstract void Write(Utf8JsonWriter json);

    /// <summary>Moves past an absent part.</summary>
    protected void PassAbsent()
    {
        foreach (var column in Columns) column.Pass();
    }
}
