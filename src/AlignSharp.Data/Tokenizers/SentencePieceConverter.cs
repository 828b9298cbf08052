using System.Text.Json.Nodes;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers.Pipeline;
using AlignSharp.Data.Tokenizers.SentencePiece;

namespace AlignSharp.Data.Tokenizers;

/// <summary>Turns a SentencePiece BPE model into a tokenizer.json, as Hugging Face's converter for Llama does.</summary>
public static class SentencePieceConverter
{
    /// <summary>Converts the tokenizer.model of a folder into a folder with tokenizer.json, tokenizer_config.json and special_tokens_map.json; chat templates are carried along.</summary>
    /// <param name="sourceFolder">Folder with tokenizer.model.</param>
    /// <param name="outputFolder">Folder to write; it is created, and files of the same names are replaced.</param>
    /// <param name="legacy">True for the form that puts a space before every stretch between special tokens, false for Metaspace; null takes <c>legacy</c> of tokenizer_config.json, true when absent.</param>
    /// <exception cref="ArtifactException">No tokenizer.model, or one that is damaged or not supported.</exception>
    public static void Convert(string sourceFolder, string outputFolder, bool? legacy = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceFolder);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        var bundle = ConvertFolder(sourceFolder, legacy);
        bundle.Load(); // before anything is written: what does not load is not saved
        bundle.Save(outputFolder);
        if (Path.GetFullPath(sourceFolder) == Path.GetFullPath(outputFolder)) return;
        foreach (var name in (string[])["chat_template.jinja", "chat_template.json"])
            TokenizerBundle.Write(outputFolder, name, TokenizerFolder.Read(sourceFolder, name));
    }

    /// <summary>Converts a model alone, with its own control pieces as bos and eos.</summary>
    /// <param name="model">The model.</param>
    /// <param name="legacy">True for the form that puts a space before every stretch between special tokens (HF's default), false for Metaspace.</param>
    public static TokenizerBundle Convert(SentencePieceModel model, bool legacy = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Convert(model, "converted tokenizer", legacy, [], [], null);
    }

    /// <summary>Converts the model of a folder in memory, with the small files beside it.</summary>
    internal static TokenizerBundle ConvertFolder(string folder, bool? legacy) => ConvertFiles(folder, name => TokenizerFolder.Read(folder, name), legacy);

    /// <summary>The same over files from anywhere.</summary>
    /// <param name="folder">What messages name in front of a file's name.</param>
    /// <param name="read">The bytes of a file by its name, or null when it is absent.</param>
    /// <param name="legacy">As <see cref="Convert(string, string, bool?)"/> takes it.</param>
    internal static TokenizerBundle ConvertFiles(string folder, Func<string, byte[]?> read, bool? legacy)
    {
        var content = read("tokenizer.model") ?? throw new ArtifactException($"{folder}: holds no tokenizer.model; name the folder of a SentencePiece tokenizer");
        var model = SentencePieceModel.Parse(content, Path.Combine(folder, "tokenizer.model"));
        var config = ReadObject("tokenizer_config.json");
        var special = ReadObject("special_tokens_map.json");
        legacy ??= config?.Flag("legacy", true) ?? true;
        return Convert(model, folder, legacy.Value, config?.Writable() ?? [], special?.Writable() ?? [], read("added_tokens.json"));

        ArtifactJson? ReadObject(string name) => read(name) is { } json ? ArtifactJson.Parse(json, Path.Combine(folder, name)) : null;
    }

    private static TokenizerBundle Convert(SentencePieceModel model, string origin, bool legacy, JsonObject config, JsonObject special, byte[]? addedTokens)
    {
        var file = model.File;
        var (bos, eos) = (ControlToken(file, file.BosId), ControlToken(file, file.EosId));
        SetRole("bos_token", bos);
        SetRole("eos_token", eos);
        SetRole("pad_token", ControlToken(file, file.PadId));
        SetRole("unk_token", ControlToken(file, UnknownId(file)));
        config["tokenizer_class"] ??= "LlamaTokenizer";
        config["legacy"] = legacy;
        config["clean_up_tokenization_spaces"] ??= false;
        config["add_bos_token"] ??= bos is not null;
        config["add_eos_token"] ??= false;
        var content = new TokenizerJsonContent
        {
            Vocabulary = [.. file.Pieces.Select(piece => piece.Text)],
            Merges = Merges(model),
            AddedTokens = [.. file.Pieces.Index().Where(entry => entry.Item.Type is PieceType.Control or PieceType.Unknown).Select(entry => new AddedToken(entry.Item.Text, entry.Index, Special: true))],
            Normalizer = Normalizer(file, legacy),
            PreTokenizer = legacy || !file.AddDummyPrefix ? null : new JsonObject { ["type"] = "Metaspace", ["replacement"] = "\u2581", ["prepend_scheme"] = "first", ["split"] = false },
            PostProcessor = TokenizerJsonWriter.Template(bos, after: null),
            Decoder = Decoder(file),
            UnknownToken = file.Pieces[UnknownId(file)].Text,
            FuseUnknown = true,
            ByteFallback = file.ByteFallback,
        };
        return new TokenizerBundle(origin, TokenizerJsonWriter.Write(content), TokenizerJsonWriter.Write(config), TokenizerJsonWriter.Write(special), addedTokens);

        void SetRole(string role, AddedToken? token)
        {
            if (config[role] is null && special[role] is { } named) config[role] = named.DeepClone();
            if (config[role] is null && token is not null) config[role] = token.Content;
            if (special[role] is null && config[role] is { } known) special[role] = known.DeepClone();
        }
    }

    /// <summary>Every split of every piece into two pieces, by (score, length of the left, length of the right), all descending; equal ones by ids.</summary>
    private static List<(string Left, string Right)> Merges(SentencePieceModel model)
    {
        var merges = new List<(string Left, string Right, float Score)>();
        foreach (var piece in model.File.Pieces)
        {
            var splits = new List<(string Left, string Right, float Score)>();
            for (var i = 1; i < piece.Text.Length; i++)
            {
                var (left, right) = (piece.Text[..i], piece.Text[i..]);
                if (model.IdOf(left) is not null && model.IdOf(right) is not null) splits.Add((left, right, piece.Score));
            }
            merges.AddRange(splits.OrderBy(split => model.IdOf(split.Left)).ThenBy(split => model.IdOf(split.Right)));
        }
        return [.. merges.OrderByDescending(merge => merge.Score).ThenByDescending(merge => CodePoints(merge.Left)).ThenByDescending(merge => CodePoints(merge.Right)).Select(merge => (merge.Left, merge.Right))];
    }

    private static int CodePoints(string text) => text.EnumerateRunes().Count();

    private static JsonObject? Normalizer(ModelFile file, bool legacy)
    {
        var steps = new JsonArray();
        if (file.RemoveExtraWhitespaces)
        {
            steps.Add((JsonNode)Replace(new JsonObject { ["Regex"] = "^ +| +$" }, ""));
            steps.Add((JsonNode)Replace(new JsonObject { ["Regex"] = " {2,}" }, " "));
        }
        if (legacy && file.AddDummyPrefix) steps.Add((JsonNode)new JsonObject { ["type"] = "Prepend", ["prepend"] = "\u2581" });
        if (legacy || !file.AddDummyPrefix) steps.Add((JsonNode)Replace(new JsonObject { ["String"] = " " }, "\u2581"));
        return steps.Count == 0 ? null : new JsonObject { ["type"] = "Sequence", ["normalizers"] = steps };
    }

    private static JsonObject Decoder(ModelFile file)
    {
        var steps = new JsonArray(Replace(new JsonObject { ["String"] = "\u2581" }, " "), new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" });
        if (file.AddDummyPrefix) steps.Add((JsonNode)new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        return new JsonObject { ["type"] = "Sequence", ["decoders"] = steps };
    }

    private static JsonObject Replace(JsonObject pattern, string content) => new() { ["type"] = "Replace", ["pattern"] = pattern, ["content"] = content };

    private static AddedToken? ControlToken(ModelFile file, int id) => id < 0 ? null : new AddedToken(file.Pieces[id].Text, id, Special: true);

    private static int UnknownId(ModelFile file) => file.Pieces.Index().First(entry => entry.Item.Type == PieceType.Unknown).Index;
}
