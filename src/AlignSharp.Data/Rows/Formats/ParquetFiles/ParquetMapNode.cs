using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A map of texts, which becomes an object.</summary>
/// <param name="definition">Definition level at which it is there, perhaps empty; one more where it has an entry.</param>
/// <param name="repetition">Repetition level of its further entries.</param>
/// <param name="key">The keys.</param>
/// <param name="value">The values.</param>
internal sealed class ParquetMapNode(int definition, int repetition, ParquetColumn key, ParquetNode value) : ParquetNode
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IReadOnlyList<ParquetColumn> Columns { get; } = [key, .. value.Columns];

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json)
    {
        var found = key.Definition;
        if (found < definition)
        {
            json.WriteNullValue();
            PassAbsent();
            return;
        }
        json.WriteStartObject();
        if (found == definition) PassAbsent();
        else WriteEntries(json);
        json.WriteEndObject();
    }

    private void WriteEntries(Utf8JsonWriter json)
    {
        _keys.Clear();
        do
        {
            var name = KeyText();
            if (!_keys.Add(name)) throw new InvalidDataException($"field '{key.Leaf.Path}' has the key '{name}' twice");
            json.WritePropertyName(name);
            value.Write(json);
        }
        while (key.GoesOn(repetition));
    }

    // A key is rarely long; it goes through JSON so that every type of key has the text that it has as a value.
    private string KeyText()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) key.Write(json);
        using var document = JsonDocument.Parse(bytes.ToArray());
        return document.RootElement.ToString();
    }
}
