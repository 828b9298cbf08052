using System.Text;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Data.Tokenizers.Pipeline;
using CsCheck;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>What holds for every text; a counterexample is shrunk and printed with its seed.</summary>
public sealed class TokenizerPropertyTests
{
    // Any UTF-16 units, halves of pairs included, among characters in which merges meet.
    private static readonly Gen<string> Texts = Gen.OneOf(Gen.Char, Gen.Char[" \u2581aehlowé\n"], Gen.Char['\uD800', '\uDFFF'], Gen.Char['\u0300', '\u036F']).Array[0, 60].Select(units => new string(units));

    private static readonly ITokenizer ByteLevel = BpeTrainer.Train(RandomText.Strings(3, 200), new BpeTrainerOptions { VocabularySize = 500, AdditionalSpecialTokens = ["a "] }).Load();

    /// <summary>No piece of it leads into a space, so that its converted form merges word by word.</summary>
    private static readonly SentencePieceModel WordModel = SentencePieceModel.Parse(Words().Write(), "words.model");

    [Fact]
    public void Byte_level_ids_give_any_text_back_and_special_tokens_too()
        => Texts.Sample(text => Assert.Equal(WellFormedText.Of(text), ByteLevel.Decode(ByteLevel.Encode(text, addSpecialTokens: false))));

    [Fact]
    public void Merging_word_by_word_gives_the_ids_of_the_whole_text()
    {
        var tokenizer = SentencePieceConverter.Convert(WordModel).Load();
        Texts.Sample(text => Assert.Equal(WordModel.Encode(text), tokenizer.Encode(text, addSpecialTokens: false)));
    }

    [Fact]
    public void A_normalised_text_stays_as_it_is()
    {
        var json = ArtifactJson.Parse("{}"u8.ToArray(), "x");
        Texts.Select(WellFormedText.Of).Sample(text =>
        {
            foreach (var form in (NormalizationForm[])[NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD])
            {
                var normalize = UnicodeNormalizer.Create(form, json);
                Assert.Equal(normalize(text), normalize(normalize(text)));
            }
        });
    }

    private static SentencePieceFile Words()
    {
        var file = new SentencePieceFile();
        file.Add("<unk>", 0, SentencePieceFile.Unknown).Add("<s>", 0, SentencePieceFile.Control).Add("</s>", 0, SentencePieceFile.Control);
        for (var value = 0; value < 256; value++) file.Add($"<0x{value:X2}>", 0, SentencePieceFile.Byte);
        var pieces = (string[])["▁▁", "▁▁▁", "▁a", "he", "ll", "▁he", "llo", "▁hello", "lo", "▁w", "o\n", "aa", "aaa", "▁", "a", "h", "e", "l", "o", "w", "é", "\n"];
        for (var i = 0; i < pieces.Length; i++) file.Add(pieces[i], -i / 2, SentencePieceFile.Normal);
        return file;
    }
}
