using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A list.</summary>
/// <param name="definition">Definition level at which it is there, perhaps empty; one more where it has an element.</param>
/// <param name="repetition">Repetition level of its further elements.</param>
/// <param name="element">An element.</param>
internal sealed class ParquetListNode(int definition, int repetition, ParquetNode element) : ParquetNode
{
    /// <inheritdoc/>
    public override IReadOnlyList<ParquetColumn> Columns => element.Columns;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json)
    {
        var first = Columns[0];
        var found = first.Definition;
        if (found < definition)
        {
            json.WriteNullValue();
            PassAbsent();
            return;
        }
        json.WriteStartArray();
        if (found == definition) PassAbsent();
        else
            do element.Write(json);
            while (first.GoesOn(repetition));
        json.WriteEndArray();
    }
}
