using System.Text.Json.Nodes;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Tests.Tokenizers.Pipeline;

/// <summary>A tokenizer.json of a few tokens, of which a test changes one part.</summary>
internal static class TinyTokenizerJson
{
    public static JsonObject Create(string? normalizer = null, string? preTokenizer = null, string? postProcessor = null, string? decoder = null, string addedTokens = "[]", string model = "{}")
    {
        var json = (JsonObject)JsonNode.Parse("""
            {
              "model": {
                "type": "BPE",
                "unk_token": "?",
                "vocab": {"?": 0, "a": 1, "b": 2, "c": 3, " ": 4, "\u2581": 5, "ab": 6, "abc": 7, "bc": 8, "1": 9, "\u00e9": 10, "A": 11, "!": 12},
                "merges": ["a b", ["ab", "c"], "b c"]
              }
            }
            """)!;
        foreach (var (name, part) in ((string, string?)[])[("normalizer", normalizer), ("pre_tokenizer", preTokenizer), ("post_processor", postProcessor), ("decoder", decoder)])
            json[name] = part is null ? null : JsonNode.Parse(part);
        json["added_tokens"] = JsonNode.Parse(addedTokens);
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(model)!) json["model"]![name] = value?.DeepClone();
        return json;
    }

    public static ITokenizer Load(JsonObject json, string? config = null) => Load(json.ToJsonString(), config);

    public static ITokenizer Load(string json, string? config = null)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", json);
        if (config is not null) folder.Write("tokenizer_config.json", config);
        return TokenizerFolder.Load(folder.Path);
    }

    /// <summary>The tokens of a text, joined by "|".</summary>
    public static string Tokens(ITokenizer tokenizer, string text, bool addSpecialTokens = false)
        => string.Join('|', tokenizer.Encode(text, addSpecialTokens).Select(id => tokenizer.Decode([id])));
}
