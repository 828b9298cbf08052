using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A value.</summary>
internal sealed class ParquetValueNode(ParquetColumn column) : ParquetNode
{
    /// <inheritdoc/>
    public override IReadOnlyList<ParquetColumn> Columns { get; } = [column];

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json) => column.Write(json);
}
