using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Tokenizers.Pipeline;

namespace AlignSharp.Data.Tokenizers;

/// <summary>The files of a Hugging Face tokenizer, held in memory: what the trainer and the converter give.</summary>
public sealed class TokenizerBundle
{
    private readonly string _origin;
    private readonly byte[] _tokenizerJson;
    private readonly byte[]? _tokenizerConfig;
    private readonly byte[]? _specialTokensMap;
    private readonly byte[]? _addedTokens;

    /// <summary>Holds files.</summary>
    /// <param name="origin">What messages name in front of a file's name: a folder, or what made the files.</param>
    /// <param name="tokenizerJson">tokenizer.json.</param>
    /// <param name="tokenizerConfig">tokenizer_config.json, if any.</param>
    /// <param name="specialTokensMap">special_tokens_map.json, if any.</param>
    /// <param name="addedTokens">added_tokens.json, if any.</param>
    internal TokenizerBundle(string origin, byte[] tokenizerJson, byte[]? tokenizerConfig, byte[]? specialTokensMap, byte[]? addedTokens = null)
    {
        _origin = origin;
        _tokenizerJson = tokenizerJson;
        _tokenizerConfig = tokenizerConfig;
        _specialTokensMap = specialTokensMap;
        _addedTokens = addedTokens;
    }

    /// <summary>Builds the tokenizer.</summary>
    /// <exception cref="ArtifactException">The files are unreadable, contradictory, or name something that is not supported.</exception>
    public ITokenizer Load()
    {
        var config = TokenizerConfig.Read(
            Parse(_tokenizerConfig, "tokenizer_config.json"), Parse(_specialTokensMap, "special_tokens_map.json"), Parse(_addedTokens, "added_tokens.json"));
        return TokenizerJsonReader.Read(Parse(_tokenizerJson, "tokenizer.json")!, config);
    }

    /// <summary>Writes the files into a folder, which is created; each appears whole under its name or not at all.</summary>
    /// <param name="folder">Where to write; files of the same names are replaced.</param>
    /// <exception cref="ConfigurationException">The folder is a file or a link, or cannot be written to.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        OutputFolder.Prepare(folder);
        Write(folder, "tokenizer_config.json", _tokenizerConfig);
        Write(folder, "special_tokens_map.json", _specialTokensMap);
        Write(folder, "added_tokens.json", _addedTokens);
        // Last: this file makes the folder a tokenizer folder.
        Write(folder, "tokenizer.json", _tokenizerJson);
    }

    private ArtifactJson? Parse(byte[]? content, string name) => content is null ? null : ArtifactJson.Parse(content, Path.Combine(_origin, name));

    /// <summary>Writes a file so that it appears whole under its name or not at all; null writes nothing.</summary>
    internal static void Write(string folder, string name, byte[]? content)
    {
        if (content is null) return;
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content), content.Length);
    }
}
