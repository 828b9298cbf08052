using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>What goes into a tokenizer.json.</summary>
internal sealed record TokenizerJsonContent
{
    /// <summary>Token texts in the order of their ids.</summary>
    public required IReadOnlyList<string> Vocabulary { get; init; }

    /// <summary>Merges from the first rank on.</summary>
    public required IReadOnlyList<(string Left, string Right)> Merges { get; init; }

    /// <summary>Added tokens.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The normalizer, if any.</summary>
    public JsonObject? Normalizer { get; init; }

    /// <summary>The pre-tokenizer, if any.</summary>
    public JsonObject? PreTokenizer { get; init; }

    /// <summary>The post-processor, if any.</summary>
    public JsonObject? PostProcessor { get; init; }

    /// <summary>The decoder.</summary>
    public required JsonObject Decoder { get; init; }

    /// <summary>The unknown token, if any.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Whether neighbouring unknown characters share a token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether unknown characters become byte tokens.</summary>
    public bool ByteFallback { get; init; }
}

/// <summary>Writes tokenizer.json in the layout of Hugging Face's tokenizers library.</summary>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(TokenizerJsonContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAddedTokens(json, content.AddedTokens);
            WriteNode(json, "normalizer", content.Normalizer);
            WriteNode(json, "pre_tokenizer", content.PreTokenizer);
            WriteNode(json, "post_processor", content.PostProcessor);
            WriteNode(json, "decoder", content.Decoder);
            WriteModel(json, content);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>A small JSON file's bytes.</summary>
    public static byte[] Write(JsonObject content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented)) content.WriteTo(json);
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>A template that puts tokens before and after a text, and the same around each of a pair.</summary>
    public static JsonObject Template(AddedToken? before, AddedToken? after)
    {
        var special = new JsonObject();
        foreach (var token in (AddedToken?[])[before, after])
            if (token is not null) special[token.Content] = new JsonObject { ["id"] = token.Content, ["ids"] = new JsonArray(token.Id), ["tokens"] = new JsonArray(token.Content) };
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. Around("A", 0)]),
            ["pair"] = new JsonArray([.. Around("A", 0), .. Around("B", 1)]),
            ["special_tokens"] = special,
        };

        IEnumerable<JsonNode> Around(string text, int type)
        {
            if (before is not null) yield return Step("SpecialToken", before.Content, type);
            yield return Step("Sequence", text, type);
            if (after is not null) yield return Step("SpecialToken", after.Content, type);
        }
    }

    private static JsonObject Step(string kind, string id, int type) => new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };

    private static void WriteNode(Utf8JsonWriter json, string name, JsonObject? node)
    {
        json.WritePropertyName(name);
        if (node is null) json.WriteNullValue();
        else node.WriteTo(json);
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, IReadOnlyList<AddedToken> tokens)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in tokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", token.SingleWord);
            json.WriteBoolean("lstrip", token.LeftStrip);
            json.WriteBoolean("rstrip", token.RightStrip);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteModel(Utf8JsonWriter json, TokenizerJsonContent content)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", content.UnknownToken);
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", content.FuseUnknown);
        json.WriteBoolean("byte_fallback", content.ByteFallback);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < content.Vocabulary.Count; id++) json.WriteNumber(content.Vocabulary[id], id);
        json.WriteEndObject();
        WriteMerges(json, content.Merges);
        json.WriteEndObject();
    }

    private static void WriteMerges(Utf8JsonWriter json, IReadOnlyList<(string Left, string Right)> merges)
    {
        // The older form "a b" is read by every version of every reader; a piece with a space in it needs the newer pairs.
        var asPairs = merges.Any(merge => merge.Left.Contains(' ') || merge.Right.Contains(' '));
        json.WriteStartArray("merges");
        foreach (var (left, right) in merges)
        {
            if (!asPairs)
            {
                json.WriteStringValue($"{left} {right}");
                continue;
            }
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
