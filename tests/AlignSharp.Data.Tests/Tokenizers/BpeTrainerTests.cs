using AlignSharp.Data.Faults;
using AlignSharp.Data.Tokenizers;
using Xunit;

namespace AlignSharp.Data.Tests.Tokenizers;

public sealed class BpeTrainerTests
{
    private static readonly string[] Texts =
    [
        "The little cat sat on the mat, and the other cat sat there too.",
        "Once upon a time there was a little cat. The cat had a hat; that hat was the best hat.",
        "café naïve 12345 😀😀 the the the",
    ];

    [Fact]
    public void Training_twice_gives_the_same_files()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        BpeTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = 300 }).Save(first.Path);
        BpeTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = 300 }).Save(second.Path);
        foreach (var file in Directory.GetFiles(first.Path))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(second.Path, Path.GetFileName(file))));
        Assert.Equal(["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(first.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_saved_tokenizer_loads_with_bos_in_front_and_gives_texts_back()
    {
        using var folder = new TemporaryFolder();
        BpeTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = 280, Pad = "<pad>", AdditionalSpecialTokens = ["<|user|>"] }).Save(folder.Path);
        var tokenizer = TokenizerFolder.Load(folder.Path);
        Assert.Equal(280, tokenizer.VocabularySize);
        Assert.Equal(new SpecialTokens(new SpecialToken("<s>", 0), new SpecialToken("</s>", 1), null, new SpecialToken("<pad>", 2)), tokenizer.Special);
        var ids = tokenizer.Encode("<|user|>the cat's hat 😀\n");
        Assert.Equal([0, 3], ids[..2]);
        Assert.True(ids.Length < 18, "frequent words are one token");
        Assert.Equal("<s><|user|>the cat's hat 😀\n", tokenizer.Decode(ids));
        Assert.Equal("the cat's hat 😀\n", tokenizer.Decode(ids, skipSpecialTokens: true));
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_ties_go_to_the_smaller_ids()
    {
        var tokenizer = BpeTrainer.Train(["ba ab ab"], new BpeTrainerOptions { VocabularySize = 259, MinimumPairCount = 1, Pattern = @"\S+" }).Load();
        Assert.Equal("ab", tokenizer.Decode([258]));
        var tie = BpeTrainer.Train(["ba ab"], new BpeTrainerOptions { VocabularySize = 259, MinimumPairCount = 1, Pattern = @"\S+" }).Load();
        Assert.Equal("ab", tie.Decode([258]));
    }

    [Fact]
    public void A_special_token_in_the_text_is_never_learned_as_a_merge()
    {
        var tokenizer = BpeTrainer.Train(Enumerable.Repeat("<s><s><s>", 10), new BpeTrainerOptions { VocabularySize = 300, Pattern = @"\S+" }).Load();
        Assert.Equal([0, 0], tokenizer.Encode("<s>"));
        for (var id = 1; id < tokenizer.VocabularySize; id++) Assert.NotEqual("<s>", tokenizer.Decode([id]));
    }

    [Fact]
    public void Text_without_pairs_gives_a_smaller_vocabulary()
        => Assert.Equal(258, BpeTrainer.Train([], new BpeTrainerOptions { VocabularySize = 1_000 }).Load().VocabularySize);

    [Theory]
    [InlineData(257, "<s>", "258")]
    [InlineData(300, "", "empty")]
    [InlineData(300, "</s>", "twice")]
    public void Impossible_options_are_refused(int size, string bos, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => BpeTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = size, Bos = bos }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
