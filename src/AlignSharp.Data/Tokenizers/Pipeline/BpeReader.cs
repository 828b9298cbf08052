using System.Text.Json;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Reads the <c>model</c> of a tokenizer.json, which must be BPE.</summary>
internal static class BpeReader
{
    private const char Space = '\u2581';

    /// <summary>Refuses what is not BPE, by name. Old files have no type; there, merges tell.</summary>
    public static void RequireBpe(ArtifactJson model)
    {
        var type = model.Find("type")?.Text() ?? (model.Find("merges") is null ? "unnamed" : "BPE");
        if (type != "BPE") throw model.Fault($"tokenizer model \"{type}\" is not supported; use a model whose tokenizer is BPE (Llama, Mistral, Qwen, GPT-2)");
    }

    /// <summary>Reads token texts and ids.</summary>
    public static Dictionary<string, int> ReadVocabulary(ArtifactJson json, int largestId)
    {
        if (json.Element.ValueKind != JsonValueKind.Object) throw json.Fault($"found {json.Element.ValueKind}, expected an object of token and id");
        var vocabulary = new Dictionary<string, int>(json.Element.GetPropertyCount());
        foreach (var member in json.Element.EnumerateObject())
        {
            var token = member.Name;
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out var id) || id < 0 || id > largestId)
                throw json.Fault($"\"{token}\" has id {member.Value.GetRawText()}, expected an integer from 0 to {largestId}");
            vocabulary.Add(token, id);
        }
        return vocabulary;
    }

    /// <summary>Reads merges and options.</summary>
    public static BpeModel Read(ArtifactJson model, Dictionary<string, int> vocabulary)
    {
        if (model.Find("dropout") is { } dropout && !(dropout.Element.ValueKind == JsonValueKind.Number && dropout.Element.GetDouble() == 0))
            throw model.Fault("dropout is not supported: ids would be random; set it to null");
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model.Find(affix)?.Text() is { Length: > 0 } text) throw model.Fault($"{affix} \"{text}\" is not supported; use a byte-level or SentencePiece tokenizer");
        var merges = ReadMerges(model.Required("merges"), vocabulary, out var intoSpaces);
        // An unknown character stands under the unknown token's text, and merges see only that.
        intoSpaces |= model.Find("unk_token")?.Text().EndsWith(Space) ?? false;
        return new BpeModel(vocabulary, merges, new BpeOptions(
            UnknownId(model, vocabulary), model.Flag("fuse_unk", false), model.Flag("byte_fallback", false), model.Flag("ignore_merges", false)), intoSpaces);
    }

    private static int? UnknownId(ArtifactJson model, Dictionary<string, int> vocabulary)
    {
        if (model.Find("unk_token")?.Text() is not { } unknown) return null;
        return vocabulary.TryGetValue(unknown, out var id) ? id : throw model.Fault($"unk_token \"{unknown}\" is not in the vocabulary");
    }

    private static MergeTable ReadMerges(ArtifactJson json, Dictionary<string, int> vocabulary, out bool intoSpaces)
    {
        intoSpaces = false;
        if (json.Element.ValueKind != JsonValueKind.Array) throw json.Fault($"found {json.Element.ValueKind}, expected an array");
        var table = new MergeTable(json.Element.GetArrayLength());
        var rank = 0;
        foreach (var item in json.Items())
        {
            // A list that was copied from a merges.txt begins with its version line.
            if (rank == 0 && item.Element.ValueKind == JsonValueKind.String && item.Text().StartsWith("#version", StringComparison.Ordinal)) continue;
            var (left, right) = ReadPair(item);
            intoSpaces |= right.StartsWith(Space) && !left.EndsWith(Space);
            table.Set(Id(left), Id(right), rank++, Id(left + right));

            int Id(string token) => vocabulary.TryGetValue(token, out var id) ? id
                : throw item.Fault($"the merge of \"{left}\" and \"{right}\" needs \"{token}\", which the vocabulary lacks");
        }
        return table;
    }

    private static (string Left, string Right) ReadPair(ArtifactJson item)
    {
        if (item.Element.ValueKind == JsonValueKind.Array && item.Element.GetArrayLength() == 2)
        {
            var pair = item.Items().Select(part => part.Text()).ToArray();
            return (pair[0], pair[1]);
        }
        var parts = item.Text().Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw item.Fault($"\"{item.Text()}\" is not a merge, expected two tokens");
    }
}
