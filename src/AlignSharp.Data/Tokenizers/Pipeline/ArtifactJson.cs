using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>A JSON value of an artifact file that knows where it stands, so that every fault names file and key.</summary>
internal sealed class ArtifactJson
{
    private const int LongestInsertion = 64;

    private ArtifactJson(JsonElement element, string file, string path)
    {
        Element = element;
        File = file;
        Path = path;
    }

    /// <summary>The value itself.</summary>
    public JsonElement Element { get; }

    /// <summary>The file as messages name it.</summary>
    public string File { get; }

    /// <summary>Dotted path of the value inside the file; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Parses a whole file whose root must be an object. Duplicate keys are refused: two readers could disagree about them.</summary>
    /// <exception cref="ArtifactException">Not UTF-8, not JSON, nested deeper than 64, a key twice, or not an object.</exception>
    public static ArtifactJson Parse(ReadOnlyMemory<byte> utf8, string file)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!Utf8.IsValid(utf8.Span)) throw new ArtifactException($"{file}: not UTF-8; save the file as UTF-8 or download it again");
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = new ArtifactJson(document.RootElement.Clone(), file, "");
            return root.Element.ValueKind == JsonValueKind.Object ? root : throw root.Fault($"found {root.Element.ValueKind}, expected an object");
        }
        catch (JsonException error)
        {
            throw new ArtifactException($"{file}: not valid JSON ({OneLine(error.Message)}); download the file again", error);
        }
        catch (InvalidOperationException error)
        {
            // The check for duplicate keys throws this for a key that cannot be decoded.
            throw new ArtifactException($"{file}: a key holds half of a surrogate pair, expected Unicode text; download the file again", error);
        }
    }

    /// <summary>A fault that stands at this value.</summary>
    public ArtifactException Fault(string message, Exception? inner = null)
        => new(Path.Length == 0 ? $"{File}: {message}" : $"{File}: {Path}: {message}", inner);

    /// <summary>The member of an object, or null when it is absent or JSON null.</summary>
    public ArtifactJson? Find(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Fault($"found {Element.ValueKind}, expected an object with \"{name}\"");
        return Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? At(value, name) : null;
    }

    /// <summary>The member of an object, which must be there.</summary>
    public ArtifactJson Required(string name) => Find(name) ?? throw Fault($"\"{name}\" is missing; the file is incomplete, download it again");

    /// <summary>The value as a string.</summary>
    public string Text()
    {
        if (Element.ValueKind != JsonValueKind.String) throw Fault($"found {Element.ValueKind}, expected a string");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Fault("holds half of a surrogate pair, expected Unicode text", error);
        }
    }

    /// <summary>The value as a string that steps of a tokenizer put into texts again and again.</summary>
    public string ShortText() => Text() is { Length: <= LongestInsertion } text ? text : throw Fault($"has {Text().Length} characters, expected at most {LongestInsertion}");

    /// <summary>The value as a 32-bit integer.</summary>
    public int Integer()
        => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) ? value : throw Fault($"found {Short(Element.GetRawText())}, expected an integer");

    /// <summary>A Boolean member, or <paramref name="absent"/> when it is missing or null.</summary>
    public bool Flag(string name, bool absent)
    {
        if (Find(name) is not { } value) return absent;
        return value.Element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw value.Fault($"found {Short(value.Element.GetRawText())}, expected true or false"),
        };
    }

    /// <summary>A copy of an object that can be changed and written.</summary>
    /// <exception cref="ArtifactException">A text inside holds half of a surrogate pair, which no writer takes.</exception>
    public JsonObject Writable()
    {
        RequireUnicode();
        return JsonObject.Create(Element)!;
    }

    /// <summary>The elements of an array.</summary>
    public IEnumerable<ArtifactJson> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array) throw Fault($"found {Element.ValueKind}, expected an array");
        var index = 0;
        foreach (var item in Element.EnumerateArray()) yield return new ArtifactJson(item, File, $"{Path}[{index++}]");
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, ArtifactJson Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Fault($"found {Element.ValueKind}, expected an object");
        foreach (var member in Element.EnumerateObject()) yield return (member.Name, At(member.Value, member.Name));
    }

    private void RequireUnicode()
    {
        switch (Element.ValueKind)
        {
            case JsonValueKind.String: Text(); break;
            case JsonValueKind.Array:
                foreach (var item in Items()) item.RequireUnicode();
                break;
            case JsonValueKind.Object:
                foreach (var (_, value) in Members()) value.RequireUnicode();
                break;
        }
    }

    private ArtifactJson At(JsonElement value, string name) => new(value, File, Path.Length == 0 ? name : $"{Path}.{Short(name)}");

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
