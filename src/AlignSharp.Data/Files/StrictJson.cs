using System.Text.Json;
using System.Text.Unicode;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Files;

/// <summary>
/// JSON read strictly: valid UTF-8 only, no duplicate keys, no comments, at most 64 levels. Other readers disagree about what such
/// documents mean, so none of them is guessed at. A byte order mark is skipped.
/// </summary>
public static class StrictJson
{
    private const int MaxDepth = 64;

    /// <summary>Options for typed reading with the same rules.</summary>
    public static JsonSerializerOptions Options { get; } = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly JsonDocumentOptions DocumentOptions = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Reads a file as a document, which the caller disposes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArtifactException">The file is missing, unreadable, or not strict JSON; the message names it and the line.</exception>
    public static JsonDocument ReadDocument(string path)
    {
        var bytes = ReadBytes(path);
        try
        {
            return Parse(bytes);
        }
        catch (JsonException error)
        {
            throw new ArtifactException($"{path}: not valid JSON: {OneLine(error)}", error);
        }
    }

    /// <summary>Reads a file into an object with <see cref="Options"/>.</summary>
    /// <typeparam name="T">A type that System.Text.Json can make.</typeparam>
    /// <param name="path">The file.</param>
    /// <exception cref="ArtifactException">The file is missing, unreadable, or not strict JSON of that type; the message names it and the field's path.</exception>
    public static T Read<T>(string path) where T : class
    {
        var bytes = ReadBytes(path);
        try
        {
            var json = WithoutMark(bytes);
            if (!Utf8.IsValid(json.Span)) throw new JsonException("the text is not valid UTF-8");
            return JsonSerializer.Deserialize<T>(json.Span, Options) ?? throw new JsonException("the document is null");
        }
        catch (JsonException error)
        {
            var field = string.IsNullOrEmpty(error.Path) ? "" : $" {error.Path}:";
            throw new ArtifactException($"{path}:{field} {OneLine(error)}", error);
        }
    }

    /// <summary>Parses bytes as a document, which the caller disposes and which reads from the bytes.</summary>
    /// <param name="json">UTF-8, a byte order mark allowed.</param>
    /// <exception cref="JsonException">Not strict JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        var text = WithoutMark(json);
        if (!Utf8.IsValid(text.Span)) throw new JsonException("the text is not valid UTF-8");
        try
        {
            return JsonDocument.Parse(text, DocumentOptions);
        }
        catch (InvalidOperationException error)
        {
            // The check for duplicate keys throws this for a key that cannot be decoded.
            throw new JsonException("a key holds half of a surrogate pair, expected Unicode text", error);
        }
    }

    /// <summary>An error's message as one line without the advice that System.Text.Json gives to programmers.</summary>
    /// <param name="error">An error of this class or of System.Text.Json.</param>
    public static string OneLine(JsonException error)
    {
        var message = error.Message.ReplaceLineEndings(" ");
        foreach (var end in (string[])[" Change the reader options", " LineNumber: "])
        {
            var at = message.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0) message = message[..at];
        }
        if (error.BytePositionInLine is not { } column) return message;
        // System.Text.Json counts from 0; the line of a .jsonl file, parsed alone, is its line 0 and named by the caller.
        var line = error.LineNumber is > 0 and var number ? $"line {number + 1}, " : "";
        return $"{message.TrimEnd('.', ' ', '|')} ({line}byte {column + 1})";
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json["\uFEFF"u8.Length..] : json;

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException($"{path}: the file does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"{path}: the file cannot be read: {error.Message}", error);
        }
    }
}
