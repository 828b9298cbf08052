using System.Buffers;
using System.Text.Json;
using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows.Exports;

/// <summary>Parts of rows as JSON.</summary>
internal static class Json
{
    /// <summary>An object.</summary>
    public static JsonElement Element(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>A conversation.</summary>
    public static void Messages(Utf8JsonWriter json, string name, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray(name);
        foreach (var message in messages) json.WriteRawValue(message.ToJson());
        json.WriteEndArray();
    }

    /// <summary>What a template sees beside the messages.</summary>
    public static void Context(Utf8JsonWriter json, ChatContext context)
    {
        if (context.Tools is { } tools) json.WriteString("tools", tools.GetRawText()); // as text, as TRL takes it: tools differ in their fields, which columns of a file may not
        if (context.Documents is { } documents) json.WriteString("documents", documents.GetRawText());
    }

    /// <summary>Token ids.</summary>
    public static void Ids(Utf8JsonWriter json, string name, int[] ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteNumberValue(id);
        json.WriteEndArray();
    }
}
