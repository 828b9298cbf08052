using System.Runtime.InteropServices;
using System.Text;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Data.Tokenizers.Pipeline;

namespace AlignSharp.Fuzz.Targets;

/// <summary>Any text through small tokenizers of each kind. The first byte says how the others become text.</summary>
internal static class EncodeTargets
{
    private static readonly ITokenizer ByteLevel = BpeTrainer.Train(["hello low lower lowest 123 <s>", "é😀 e\u0301 \n\n  \t"], new BpeTrainerOptions { VocabularySize = 320, MinimumPairCount = 1 }).Load();
    private static readonly SentencePieceModel Model = SentencePieceModel.Parse(Seeds.Named("tokenizer-model", "byte-fallback.model"), "seed");
    private static readonly ITokenizer[] Converted = [SentencePieceConverter.Convert(Model, legacy: true).Load(), SentencePieceConverter.Convert(Model, legacy: false).Load()];

    public static void RoundTrip(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        var rest = bytes.AsSpan(1);
        // As UTF-16 units nearly every text has lone surrogates, as UTF-8 none has.
        var text = (bytes[0] & 1) == 0 ? Encoding.UTF8.GetString(rest) : MemoryMarshal.Cast<byte, char>(rest).ToString();
        var whole = WellFormedText.Of(text);

        Expectations.Hold(ByteLevel.Decode(ByteLevel.Encode(text, addSpecialTokens: false)) == whole, "the byte-level tokenizer does not give the text back");
        foreach (var tokenizer in Converted) Expectations.Hold(tokenizer.Encode(text).All(id => id >= 0 && id < tokenizer.VocabularySize), "an id lies outside of the vocabulary");
        // U+2581 stands for the space, and so comes back as one; the space in front is the tokenizer's.
        Expectations.Hold(Model.Decode(Model.Encode(text)) == whole.Replace('\u2581', ' '), "the SentencePiece model does not give the text back");
        Streamed(text, whole);
    }

    private static void Streamed(string text, string whole)
    {
        var decoder = new StreamingDecoder(ByteLevel);
        var parts = new StringBuilder();
        foreach (var id in ByteLevel.Encode(text, addSpecialTokens: false)) parts.Append(decoder.Push(id));
        Expectations.Hold(parts.Append(decoder.Flush()).ToString() == whole, "the parts of a streamed text are not the text");
    }
}
