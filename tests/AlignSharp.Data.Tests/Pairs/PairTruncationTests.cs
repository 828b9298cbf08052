using System.Text.Json;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

/// <summary>Which tokens of a pair stay, against TRL 0.7.1 and 0.13 (golden/trl/data/data_old.json).</summary>
public sealed class PairTruncationTests
{
    private const int Masked = -100;
    private static readonly RowPosition Source = new("a.jsonl", 1);

    [Fact]
    public void Ids_and_labels_of_trl_07_are_reproduced_from_text()
    {
        var cases = Cases("trunc_071");
        Assert.Equal(24, cases.Length);
        foreach (var golds in cases)
        {
            var options = new PairTokenizerOptions
            {
                MaxLength = golds.GetProperty("max_length").GetInt32(),
                MaxPromptLength = golds.GetProperty("max_prompt_length").GetInt32(),
                Truncation = golds.GetProperty("truncation_mode").GetString() == "keep_end" ? PairTruncation.KeepEnd : PairTruncation.KeepPromptStart,
            };
            var result = Tokenize(options, [Row(golds)]);
            Assert.Equal(0, result.DroppedPairs);
            var (pair, expected) = (Assert.Single(result.Pairs), golds.GetProperty("out"));
            Assert.Equal(Ints(expected, "prompt_input_ids"), pair.PromptIds);
            AssertSequence(expected, "chosen", pair.PromptIds, pair.ChosenIds);
            AssertSequence(expected, "rejected", pair.PromptIds, pair.RejectedIds);

            var (prompt, chosen, rejected) = (Ints(golds, "prompt").Length, Ints(golds, "chosen").Length + 1, Ints(golds, "rejected").Length + 1);
            Assert.Equal(prompt > pair.PromptIds.Length ? 1 : 0, result.TruncatedPrompts);
            Assert.Equal(chosen > pair.ChosenIds.Length || rejected > pair.RejectedIds.Length ? 1 : 0, result.TruncatedPairs);
        }
    }

    [Fact]
    public void A_prompt_limit_before_the_length_gives_the_sequences_of_trl_013()
    {
        var (checkedCases, cutPrompts) = (0, 0);
        foreach (var golds in Cases("trunc_013"))
        {
            // Without the older limit of completions, and where no prompt fills the length: such pairs are dropped since 1.9.
            if (Limit(golds, "max_completion_length") is not null || (Limit(golds, "max_prompt_length") is null && Limit(golds, "max_length") is not null)) continue;
            var result = Tokenize(new() { MaxLength = Limit(golds, "max_length"), MaxPromptLength = Limit(golds, "max_prompt_length") }, [.. golds.GetProperty("examples").EnumerateArray().Select(Row)]);
            var found = result.Pairs.Select(pair => (int[])[.. pair.PromptIds, .. pair.ChosenIds]).Concat(result.Pairs.Select(pair => (int[])[.. pair.PromptIds, .. pair.RejectedIds]));
            Assert.Equal(Attended(golds), found);
            checkedCases++;
            cutPrompts += result.TruncatedPrompts;
        }
        Assert.Equal((2, 2), (checkedCases, cutPrompts));
    }

    [Fact]
    public void A_prompt_limit_saves_pairs_from_being_dropped_and_cut_prompts_are_counted_apart()
    {
        PreferenceIdsRow Row(int prompt, int[] chosen, int[] rejected, int row) => new([.. Enumerable.Range(1, prompt)], chosen, rejected, new("a", row));
        PreferenceIdsRow[] rows = [Row(6, [1], [2], 1), Row(3, [1, 2], [1, 3], 2), Row(5, [7, 8, 9], [7, 8, 6], 3)];
        var result = Tokenize(new() { MaxLength = 5, MaxPromptLength = 3 }, rows);
        Assert.Equal((0, 2, 1, 1), (result.DroppedPairs, result.TruncatedPrompts, result.TruncatedPairs, result.EqualAfterTruncation));
        Assert.Equal([4, 5, 6], result.Pairs[0].PromptIds);
        Assert.Equal([1, 2, 3], result.Pairs[1].PromptIds);
        Assert.Equal([7, 8], result.Pairs[2].ChosenIds);
        Assert.Equal((2, 0), (Tokenize(new() { MaxLength = 5 }, rows).DroppedPairs, Tokenize(new() { MaxLength = 5 }, rows).TruncatedPrompts));
        Assert.Equal([6], Tokenize(new() { MaxLength = null, MaxPromptLength = 1 }, rows).Pairs[0].PromptIds);
    }

    [Fact]
    public void The_rule_of_trl_07_needs_both_lengths_and_room_for_completions()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairTokenizerOptions { MaxPromptLength = 0 });
        Assert.Throws<ArgumentException>(() => new PairTokenizer(null, new() { Truncation = PairTruncation.KeepEnd }));
        Assert.Throws<ArgumentException>(() => new PairTokenizer(null, new() { Truncation = PairTruncation.KeepPromptStart, MaxLength = null, MaxPromptLength = 4 }));
        Assert.Throws<ArgumentException>(() => new PairTokenizer(null, new() { Truncation = PairTruncation.KeepEnd, MaxLength = 4, MaxPromptLength = 4 }));
    }

    private static void AssertSequence(JsonElement expected, string side, int[] prompt, int[] completion)
    {
        Assert.Equal(Ints(expected, $"{side}_input_ids"), (int[])[.. prompt, .. completion]);
        Assert.Equal(Ints(expected, $"{side}_labels"), (int[])[.. prompt.Select(_ => Masked), .. completion]);
    }

    private static IEnumerable<int[]> Attended(JsonElement golds) =>
        golds.GetProperty("model_input_ids").EnumerateArray().Zip(golds.GetProperty("model_attention_mask").EnumerateArray(),
            (ids, mask) => ids.EnumerateArray().Zip(mask.EnumerateArray()).Where(token => token.Second.GetInt32() == 1).Select(token => token.First.GetInt32()).ToArray());

    private static PreferenceRow Row(JsonElement example) => new(Text(example, "prompt"), Text(example, "chosen"), Text(example, "rejected"), Source);

    private static string Text(JsonElement of, string name) => string.Concat(Ints(of, name).Select(id => (char)id));

    private static int? Limit(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    private static int[] Ints(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private static JsonElement[] Cases(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("trl/data/data_old.json")));
        return [.. golden.RootElement.GetProperty(name).EnumerateArray().Select(element => element.Clone())];
    }

    private static TokenizedPairs Tokenize(PairTokenizerOptions options, IReadOnlyList<PreferenceExample> rows) =>
        new PairTokenizer(new CharacterTokenizer(), options).Tokenize(rows, TestContext.Current.CancellationToken);

    /// <summary>The golden data's: a character an id, nothing put around a text, end of sequence 2.</summary>
    private sealed class CharacterTokenizer : ITokenizer
    {
        public int VocabularySize => 256;

        public SpecialTokens Special { get; } = new(null, new("\u0002", 2), null, null);

        public int[] Encode(string text, bool addSpecialTokens = true) => [.. text.Select(character => (int)character)];

        public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
        {
            Assert.False(skipSpecialTokens);
            return string.Concat(ids.ToArray().Select(id => (char)id));
        }
    }
}
