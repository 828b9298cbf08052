using System.Globalization;
using System.Text.Json;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say. Where they disagree
/// tokenizer_config.json wins, then special_tokens_map.json.
/// </summary>
internal sealed class TokenizerConfig
{
    private const int LongestToken = 1_000;
    private static readonly string[] Roles = ["bos_token", "eos_token", "unk_token", "pad_token"];
    private readonly Dictionary<string, string> _roles = [];
    private readonly Dictionary<string, AddedToken> _addedTokens = [];
    private readonly HashSet<string> _specialContents = [];

    private TokenizerConfig() { }

    /// <summary>The <c>tokenizer_class</c>, if named.</summary>
    public string? TokenizerClass { get; private set; }

    /// <summary>The <c>legacy</c> flag of Llama tokenizers; true when absent, as in HF.</summary>
    public bool Legacy { get; private set; } = true;

    /// <summary>The <c>add_bos_token</c> flag, if stated.</summary>
    public bool? AddBos { get; private set; }

    /// <summary>The <c>add_eos_token</c> flag, if stated.</summary>
    public bool? AddEos { get; private set; }

    /// <summary>Tokens that the files add, by content.</summary>
    public IReadOnlyDictionary<string, AddedToken> AddedTokens => _addedTokens;

    /// <summary>Texts of every token that the files call special.</summary>
    public IReadOnlyCollection<string> SpecialContents => _specialContents;

    /// <summary>The text of the token with a role such as <c>bos_token</c>, or null.</summary>
    public string? Role(string name) => _roles.GetValueOrDefault(name);

    /// <summary>Reads the files that there are; null stands for an absent file.</summary>
    public static TokenizerConfig Read(ArtifactJson? tokenizerConfig, ArtifactJson? specialTokensMap, ArtifactJson? addedTokens)
    {
        var config = new TokenizerConfig();
        if (addedTokens is not null) config.ReadAddedTokens(addedTokens);
        if (specialTokensMap is not null) config.ReadRoles(specialTokensMap);
        if (tokenizerConfig is null) return config;
        config.ReadRoles(tokenizerConfig);
        config.TokenizerClass = tokenizerConfig.Find("tokenizer_class")?.Text();
        config.Legacy = tokenizerConfig.Flag("legacy", true);
        config.AddBos = ReadFlag(tokenizerConfig, "add_bos_token");
        config.AddEos = ReadFlag(tokenizerConfig, "add_eos_token");
        if (tokenizerConfig.Find("added_tokens_decoder") is { } decoder) config.ReadAddedTokensDecoder(decoder);
        return config;
    }

    /// <summary>Reads an added token as tokenizer.json and tokenizer_config.json write it.</summary>
    public static AddedToken ReadToken(ArtifactJson json, int id)
    {
        var special = json.Flag("special", false);
        return new AddedToken(Content(json.Required("content"), json.Required("content").Text()), id, special, json.Flag("normalized", !special),
            json.Flag("single_word", false), json.Flag("lstrip", false), json.Flag("rstrip", false));
    }

    private void ReadRoles(ArtifactJson json)
    {
        foreach (var role in Roles)
            if (json.Find(role) is { } value && Content(value) is { } content)
            {
                _roles[role] = content;
                _specialContents.Add(content);
            }
        if (json.Find("additional_special_tokens") is not { } additional) return;
        foreach (var value in additional.Items())
            if (Content(value) is { } content) _specialContents.Add(content);
    }

    private void ReadAddedTokens(ArtifactJson json)
    {
        foreach (var (content, id) in json.Members())
            _addedTokens[Content(id, content)] = new AddedToken(content, id.Integer(), Normalized: true);
    }

    private void ReadAddedTokensDecoder(ArtifactJson json)
    {
        foreach (var (key, value) in json.Members())
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) throw value.Fault("the key is not a token id");
            var token = ReadToken(value, id);
            _addedTokens[token.Content] = token;
        }
    }

    /// <summary>A token stands as a string or as an object with "content"; false (seen in old files) means none.</summary>
    private static string? Content(ArtifactJson value) => value.Element.ValueKind switch
    {
        JsonValueKind.Object => value.Required("content").Text(),
        JsonValueKind.False => null,
        _ => value.Text(),
    };

    /// <summary>At every place of a text a token may begin that goes on for its whole length; none that was ever published is long.</summary>
    private static string Content(ArtifactJson where, string content) => content.Length <= LongestToken
        ? content
        : throw where.Fault($"the added token has {content.Length} characters, expected at most {LongestToken}");

    private static bool? ReadFlag(ArtifactJson json, string name) => json.Find(name) is null ? null : json.Flag(name, false);
}
