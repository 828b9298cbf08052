using System.Text.Json;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>
/// What one field of a <see cref="RowMapping"/> is made from: a text with columns in braces, or a conversation of such texts. A text that is
/// nothing but one column, <c>"{messages}"</c>, takes the column as it is, lists and numbers included.
/// </summary>
public sealed class MappedField
{
    private readonly ColumnTemplate? _text;
    private readonly IReadOnlyList<(string Role, ColumnTemplate Content)> _messages;

    private MappedField(ColumnTemplate? text, IReadOnlyList<(string, ColumnTemplate)> messages) => (_text, _messages) = (text, messages);

    /// <summary>The templates as they were given.</summary>
    public override string ToString() => _text?.Text ?? string.Join('\n', _messages.Select(message => $"{message.Role}: {message.Content.Text}"));

    /// <summary>The columns that are read, in order.</summary>
    public IEnumerable<string> Columns => _text?.Fields ?? _messages.SelectMany(message => message.Content.Fields);

    /// <summary>A text.</summary>
    /// <param name="text">The template.</param>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public static MappedField Text(string text) => new(ColumnTemplate.Parse(text), []);

    /// <summary>A conversation.</summary>
    /// <param name="messages">Speaker and template of what is said, at least one.</param>
    /// <exception cref="ConfigurationException">A template is none.</exception>
    public static MappedField Messages(IReadOnlyList<(string Role, string Content)> messages) =>
        new(null, [.. messages.Select(message => (message.Role, ColumnTemplate.Parse(message.Content)))]);

    internal void Write(Utf8JsonWriter json, RowFields row)
    {
        if (_text is null) WriteMessages(json, row);
        else if (_text.OnlyField is { } column && row.TryGet(column, out var value) && value.ValueKind != JsonValueKind.String) value.WriteTo(json);
        else json.WriteStringValue(_text.Fill(row));
    }

    private void WriteMessages(Utf8JsonWriter json, RowFields row)
    {
        json.WriteStartArray();
        foreach (var (role, content) in _messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, role);
            json.WriteString("content"u8, content.Fill(row));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
