using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A group of named parts.</summary>
/// <param name="definition">Definition level at which it is there.</param>
/// <param name="parts">Its parts.</param>
internal sealed class ParquetObjectNode(int definition, IReadOnlyList<(JsonEncodedText Name, ParquetNode Node)> parts) : ParquetNode
{
    /// <inheritdoc/>
    public override IReadOnlyList<ParquetColumn> Columns { get; } = [.. parts.SelectMany(part => part.Node.Columns)];

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json)
    {
        if (Columns[0].Definition < definition)
        {
            json.WriteNullValue();
            PassAbsent();
            return;
        }
        json.WriteStartObject();
        WriteParts(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the parts of a row, which is always there.</summary>
    public void WriteParts(Utf8JsonWriter json)
    {
        foreach (var (name, node) in parts)
        {
            json.WritePropertyName(name);
            node.Write(json);
        }
    }
}
