using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers;

/// <summary>A folder with tokenizer files, as a Hugging Face model folder holds them.</summary>
public static class TokenizerFolder
{
    private static readonly string[] Names =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "chat_template.json", "vocab.json", "merges.txt",
    ];

    /// <summary>Whether the folder holds a tokenizer: tokenizer.json or tokenizer.model.</summary>
    /// <param name="folder">Any path.</param>
    public static bool Exists(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(Path.Combine(folder, "tokenizer.json")) || File.Exists(Path.Combine(folder, "tokenizer.model"));
    }

    /// <summary>Full paths of the tokenizer files that a saved model must carry along, in a fixed order.</summary>
    /// <param name="folder">Any path.</param>
    public static IReadOnlyList<string> Files(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. Names.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
    }

    /// <summary>
    /// Loads the tokenizer: tokenizer.json if it is there, else tokenizer.model, which then behaves as HF's LlamaTokenizer does
    /// (its <c>legacy</c> flag in tokenizer_config.json, true when absent).
    /// </summary>
    /// <param name="folder">Folder of the files.</param>
    /// <exception cref="ArtifactException">No tokenizer, or one that is damaged or not supported; the message names file and remedy.</exception>
    public static ITokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var json = Read(folder, "tokenizer.json");
        if (json is null && Exists(folder)) return SentencePieceConverter.ConvertFolder(folder, legacy: null).Load();
        if (json is null) throw new ArtifactException($"{folder}: holds neither tokenizer.json nor tokenizer.model; copy the tokenizer files of the model there");
        return new TokenizerBundle(folder, json, Read(folder, "tokenizer_config.json"), Read(folder, "special_tokens_map.json"), Read(folder, "added_tokens.json")).Load();
    }

    /// <summary>The bytes of a file of the folder, or null when it is absent.</summary>
    internal static byte[]? Read(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException($"{path}: cannot be read ({error.Message.ReplaceLineEndings(" ")})", error);
        }
    }
}
