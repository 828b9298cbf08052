using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>The fields of one row, read with checks that name the row and the field. Valid only while its document is.</summary>
/// <param name="Row">A JSON object.</param>
/// <param name="Source">Where the row stands.</param>
public readonly record struct RowFields(JsonElement Row, RowPosition Source)
{
    /// <summary>Label of a token without loss.</summary>
    public const int IgnoredLabel = -100;

    /// <summary>Whether the row has the field.</summary>
    /// <param name="field">Name of the field.</param>
    public bool Has(string field) => Row.TryGetProperty(field, out _);

    /// <summary>A field's text, which may be empty.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or not text.</exception>
    public string Text(string field)
    {
        var value = Value(field);
        if (value.ValueKind == JsonValueKind.Array)
            throw Fault(field, "is a list; lists of messages are not read, give text (render the chat template first)");
        if (value.ValueKind != JsonValueKind.String) throw Fault(field, $"is {Kind(value)}, expected text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new DatasetException($"{Source}: field '{field}' has a lone surrogate, which is no character; repair the text.", error);
        }
    }

    /// <summary>A field's text, which must have more than white space.</summary>
    /// <inheritdoc cref="Text"/>
    public string RequiredText(string field)
    {
        var text = Text(field);
        return string.IsNullOrWhiteSpace(text) ? throw Fault(field, "is empty or white space only; fill it or remove the row") : text;
    }

    /// <summary>Whether a field is a list, as conversations are.</summary>
    /// <param name="field">Name of the field.</param>
    public bool IsList(string field) => Row.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Array;

    /// <summary>A field's conversation, at least one message.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or no list of messages.</exception>
    public IReadOnlyList<ChatMessage> Messages(string field)
    {
        try
        {
            var messages = ChatMessage.ListFromJson(Value(field));
            return messages.Count > 0 ? messages : throw Fault(field, "has no messages; fill it or remove the row");
        }
        catch (DatasetException fault) when (!fault.Message.StartsWith(Source.ToString(), StringComparison.Ordinal))
        {
            throw new DatasetException($"{Source}: field '{field}': {fault.Message}", fault);
        }
    }

    /// <summary>A copy of a field that stays valid, or null where it is absent or null.</summary>
    /// <param name="field">Name of the field.</param>
    public JsonElement? Kept(string field) => Row.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null;

    /// <summary>A field's token ids, possibly none.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or not a list of non-negative integers.</exception>
    public int[] Ids(string field) => Integers(field, smallest: 0, "a token id (an integer from 0)");

    /// <summary>A field's token ids, at least one.</summary>
    /// <inheritdoc cref="Ids"/>
    public int[] RequiredIds(string field)
    {
        var ids = Ids(field);
        return ids.Length == 0 ? throw Fault(field, "has no ids; fill it or remove the row") : ids;
    }

    /// <summary>A field's labels: token ids, or <see cref="IgnoredLabel"/>.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or not a list of labels.</exception>
    public int[] Labels(string field)
    {
        const string expected = "a label (a token id, or -100)";
        var labels = Integers(field, IgnoredLabel, expected);
        var wrong = Array.FindIndex(labels, l => l is < 0 and not IgnoredLabel);
        return wrong < 0 ? labels : throw Fault(field, $"has {labels[wrong]} at index {wrong}, expected {expected}");
    }

    /// <summary>A fault of this row in one field.</summary>
    /// <param name="field">Name of the field.</param>
    /// <param name="what">What is wrong, as the rest of a sentence.</param>
    public DatasetException Fault(string field, string what) => new($"{Source}: field '{field}' {what}.");

    private int[] Integers(string field, int smallest, string expected)
    {
        var value = Value(field);
        if (value.ValueKind != JsonValueKind.Array) throw Fault(field, $"is {Kind(value)}, expected a list of integers");
        var integers = new int[value.GetArrayLength()];
        var i = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out integers[i]) || integers[i] < smallest)
                throw Fault(field, $"has {Shortened(element)} at index {i}, expected {expected}");
            i++;
        }
        return integers;
    }

    private JsonElement Value(string field) => Row.TryGetProperty(field, out var value) ? value : throw Fault(field, "is missing");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.String => "text",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    private static string Shortened(JsonElement element)
    {
        const int longest = 20;
        var text = element.ValueKind is JsonValueKind.Number ? element.GetRawText() : Kind(element);
        return text.Length <= longest ? text : $"{text[..longest]}...";
    }
}
