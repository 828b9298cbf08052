using System.Text.Json;
using AlignSharp.Data.Chat.Jinja;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Chat;

/// <summary>One message of a conversation. It never changes, and templates see every field of it.</summary>
public sealed class ChatMessage
{
    private ChatMessage(DictValue value, string role)
    {
        Value = value;
        Role = role;
        Content = value.TryGet("content", out var content) ? content as string : null;
    }

    /// <summary>A message of plain text.</summary>
    /// <param name="role">Who speaks: system, user, assistant, tool or what the template knows.</param>
    /// <param name="content">What is said; any text.</param>
    public ChatMessage(string role, string content) : this(Plain(role, content), role) { }

    /// <summary>Who speaks.</summary>
    public string Role { get; }

    /// <summary>What is said; null where the content is absent, null or a list of parts.</summary>
    public string? Content { get; }

    /// <summary>The message as a template sees it.</summary>
    internal DictValue Value { get; }

    /// <summary>The message as JSON, every field of it.</summary>
    public string ToJson() => new JsonOutput(null, ",", ":", sortKeys: false, asciiOnly: false, new Rendering(new TemplateLimits(), TimeProvider.System)).Write(Value);

    /// <summary>Whether the message has a field that is not null.</summary>
    /// <param name="field">Name of the field.</param>
    public bool Has(string field) => Value.TryGet(field, out var value) && value is not null;

    /// <summary>Whether two messages say the same: every field is equal.</summary>
    /// <param name="other">The other message.</param>
    public bool IsSameAs(ChatMessage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Comparison.AreEqual(Value, other.Value);
    }

    /// <summary>
    /// A message as datasets hold it: an object with <c>role</c>, <c>content</c> (text, null or a list of parts) and whatever else the
    /// template reads (<c>name</c>, <c>tool_calls</c>, <c>reasoning_content</c>), or with <c>from</c> and <c>value</c> as in ShareGPT files. The JSON is copied.
    /// </summary>
    /// <param name="json">The object.</param>
    /// <exception cref="DatasetException">No object, no text as role, or a text that is not Unicode; the message names no row, which the caller knows.</exception>
    public static ChatMessage FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new DatasetException($"a message is a {json.ValueKind}, expected an object with \"role\" and \"content\"");
        if (ShareGptMessage.Is(json)) return ShareGptMessage.Read(json);
        var value = (DictValue)Read(json, "a message")!;
        return value.TryGet("role", out var role) && role is string name
            ? new ChatMessage(value, name)
            : throw new DatasetException("a message has no text as \"role\", expected for example {\"role\": \"user\", \"content\": \"...\"}");
    }

    /// <summary>A conversation as datasets hold it: an array of messages, each as <see cref="FromJson"/> reads it.</summary>
    /// <param name="json">The array.</param>
    /// <exception cref="DatasetException">No array, or a bad message, whose number from 1 the message names.</exception>
    public static IReadOnlyList<ChatMessage> ListFromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array) throw new DatasetException($"a conversation is a {json.ValueKind}, expected an array of messages");
        var messages = new List<ChatMessage>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
            try
            {
                messages.Add(FromJson(item));
            }
            catch (DatasetException error)
            {
                throw new DatasetException($"message {messages.Count + 1}: {error.Message}", error);
            }
        return messages;
    }

    /// <summary>JSON from a dataset as a value for templates.</summary>
    internal static object? Read(JsonElement json, string what)
    {
        try
        {
            return JsonInput.Read(json);
        }
        catch (InvalidOperationException error)
        {
            throw new DatasetException($"{what} holds half of a surrogate pair, expected Unicode text", error);
        }
        catch (JinjaFault error)
        {
            throw new DatasetException($"{what} is too large for a template: {error.Message}", error);
        }
    }

    private static DictValue Plain(string role, string content)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(content);
        return new DictValue([KeyValuePair.Create<object?, object?>("role", role), KeyValuePair.Create<object?, object?>("content", content)]);
    }
}
