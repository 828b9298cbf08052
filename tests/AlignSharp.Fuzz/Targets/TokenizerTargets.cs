using AlignSharp.Data.Chat;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Fuzz.Targets;

/// <summary>The files of a tokenizer: read, and put to use on a text.</summary>
internal static class TokenizerTargets
{
    private const string Sample = " Hello  wörld's 123\n\n<s>a</s>  \U0001F600e\u0301 lowlow";
    private static readonly byte[] SmallTokenizer = Seeds.Named("tokenizer-json", "llama.json");
    private static readonly byte[] SmallModel = Seeds.Named("tokenizer-model", "byte-fallback.model");

    public static void TokenizerJson(byte[] bytes) => Use(new TokenizerBundle("fuzz", bytes, null, null).Load());

    /// <summary>The model alone, and what it converts to in both forms.</summary>
    public static void TokenizerModel(byte[] bytes)
    {
        var model = SentencePieceModel.Parse(bytes, "tokenizer.model");
        model.Decode(model.Encode(Sample));
        Use(SentencePieceConverter.Convert(model, legacy: true).Load());
        Use(SentencePieceConverter.Convert(model, legacy: false).Load());
    }

    /// <summary>The small file beside a tokenizer.json, beside a tokenizer.model, and as the home of a chat template.</summary>
    public static void TokenizerConfig(byte[] bytes)
    {
        Expectations.ResultOrFault(() => Use(new TokenizerBundle("fuzz", SmallTokenizer, bytes, null).Load()));
        Expectations.ResultOrFault(() => Use(new TokenizerBundle("fuzz", SmallTokenizer, null, bytes).Load()));
        Expectations.ResultOrFault(() => Use(new TokenizerBundle("fuzz", SmallTokenizer, null, null, bytes).Load()));
        Expectations.ResultOrFault(() => Use(SentencePieceConverter.ConvertFiles("fuzz", name => name switch { "tokenizer.model" => SmallModel, "tokenizer_config.json" => bytes, _ => null }, legacy: null).Load()));
        ChatTemplate.TryLoad("fuzz", name => name == "tokenizer_config.json" ? bytes : null);
    }

    private static void Use(ITokenizer tokenizer)
    {
        var ids = tokenizer.Encode(Sample);
        foreach (var id in ids) Expectations.Hold(id >= 0 && id < tokenizer.VocabularySize, $"id {id} lies outside of the vocabulary of {tokenizer.VocabularySize}");
        tokenizer.Decode(ids);
        tokenizer.Decode(ids, skipSpecialTokens: true);
    }
}
