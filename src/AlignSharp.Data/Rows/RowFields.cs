using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Data.Rows;

/// <summary>The fields of one row, read with checks that name the row and the field. Valid only while its document is.</summary>
/// <param name="Row">A JSON object.</param>
/// <param name="Source">Where the row stands.</param>
public readonly record struct RowFields(JsonElement Row, RowPosition Source)
{
    /// <summary>Fields that count as absent; null for none.</summary>
    public IReadOnlySet<string>? Hidden { get; init; }

    /// <summary>The fields that are seen, in order.</summary>
    public IEnumerable<JsonProperty> Fields
    {
        get
        {
            var hidden = Hidden;
            return Row.EnumerateObject().Where(member => hidden?.Contains(member.Name) != true);
        }
    }

    /// <summary>Label of a token without loss.</summary>
    public const int IgnoredLabel = -100;

    /// <summary>The row without its hidden fields; valid only while the row is.</summary>
    public JsonElement Seen()
    {
        if (Hidden is null) return Row;
        var (row, seen) = (this, new ArrayBufferWriter<byte>(512));
        using (var json = new Utf8JsonWriter(seen, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var member in row.Fields) member.WriteTo(json);
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(seen.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Whether the row has the field.</summary>
    /// <param name="field">Name of the field.</param>
    public bool Has(string field) => TryGet(field, out _);

    /// <summary>A field's value.</summary>
    /// <param name="field">Name of the field.</param>
    /// <param name="value">The value; valid only while the row is.</param>
    /// <returns>Whether the row has the field.</returns>
    public bool TryGet(string field, out JsonElement value)
    {
        value = default;
        return Hidden?.Contains(field) != true && Row.TryGetProperty(field, out value);
    }

    /// <summary>A field's text, which may be empty.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or not text.</exception>
    public string Text(string field)
    {
        var value = Value(field);
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

    /// <summary>Whether a field is a list, as conversations are.</summary>
    /// <param name="field">Name of the field.</param>
    public bool IsList(string field) => Is(field, JsonValueKind.Array);

    /// <summary>Whether a field is an object, as a single message is.</summary>
    /// <param name="field">Name of the field.</param>
    public bool IsObject(string field) => Is(field, JsonValueKind.Object);

    /// <summary>Whether a field is text.</summary>
    /// <param name="field">Name of the field.</param>
    public bool IsText(string field) => Is(field, JsonValueKind.String);

    /// <summary>A field's conversation, at least one message; an object counts as its only message.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or no list of messages.</exception>
    public IReadOnlyList<ChatMessage> Messages(string field)
    {
        try
        {
            IReadOnlyList<ChatMessage> messages = IsObject(field) ? [ChatMessage.FromJson(Value(field))] : ChatMessage.ListFromJson(Value(field));
            return messages.Count > 0 ? messages : throw Fault(field, "has no messages; fill it or remove the row");
        }
        catch (DatasetException fault) when (!fault.Message.StartsWith(Source.ToString(), StringComparison.Ordinal))
        {
            throw new DatasetException($"{Source}: field '{field}': {fault.Message}", fault);
        }
    }

    /// <summary>A field's answer as messages: text is one message of the assistant.</summary>
    /// <inheritdoc cref="Messages"/>
    public IReadOnlyList<ChatMessage> Answer(string field) => IsText(field) ? [new ChatMessage("assistant", Text(field))] : Messages(field);

    /// <summary>The fields <c>tools</c>, <c>documents</c> (a list, or its JSON as text) and <c>chat_template_kwargs</c>; they stay valid.</summary>
    /// <exception cref="DatasetException">One of them is something else.</exception>
    public ChatContext Context()
    {
        var variables = Nested("chat_template_kwargs", JsonValueKind.Object, "an object");
        var (tools, documents) = (Nested("tools", JsonValueKind.Array, "a list"), Nested("documents", JsonValueKind.Array, "a list"));
        return tools is null && documents is null && variables is null ? ChatContext.None
            : new(tools, documents, variables?.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal));
    }

    /// <summary>A field's number, or null where it is absent, null, or text that is no number.</summary>
    /// <param name="field">Name of the field.</param>
    public double? Number(string field)
    {
        if (!TryGet(field, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            // Cells of CSV files are text.
            JsonValueKind.String when double.TryParse(Text(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
    }

    /// <summary>A field's truth: a boolean, 1 or 0, or one of these as text.</summary>
    /// <param name="field">Name of the field.</param>
    /// <exception cref="DatasetException">The field is missing or something else.</exception>
    public bool Label(string field)
    {
        var value = Value(field);
        var text = value.ValueKind is JsonValueKind.String ? Text(field) : value.GetRawText();
        return text.ToUpperInvariant() switch
        {
            "TRUE" or "1" => true,
            "FALSE" or "0" => false,
            _ => throw Fault(field, $"is {Shortened(value)}, expected true or false"),
        };
    }

    // What is empty counts as absent, as in TRL: a list of no tools is none.
    private JsonElement? Nested(string field, JsonValueKind kind, string expected)
    {
        if (!TryGet(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String) return value.ValueKind != kind ? throw Fault(field, $"is {Kind(value)}, expected {expected}") : kind == JsonValueKind.Array && value.GetArrayLength() == 0 ? null : value.Clone();
        var text = Text(field);
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(text));
            return document.RootElement.ValueKind == kind ? document.RootElement.Clone() : throw Fault(field, $"is text with JSON of another kind, expected {expected}");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{Source}: field '{field}' is text, but no JSON: {StrictJson.OneLine(error)}; expected {expected}.", error);
        }
    }

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

    private bool Is(string field, JsonValueKind kind) => TryGet(field, out var value) && value.ValueKind == kind;

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

    private JsonElement Value(string field) => TryGet(field, out var value) ? value : throw Fault(field, "is missing");

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
