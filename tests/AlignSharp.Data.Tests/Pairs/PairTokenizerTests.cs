using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public sealed class PairTokenizerTests
{
    private static readonly RowPosition Source = new("a.jsonl", 1);
    private static readonly PairTokenizerOptions Unlimited = new() { MaxLength = null };
    private readonly PieceTokenizer _tokenizer = new();

    [Fact]
    public void Prompt_is_shared_and_completions_end_in_eos()
    {
        var result = Tokenize(new PreferenceRow("Answer", " yes", " no", Source));
        var pair = Assert.Single(result.Pairs);
        Assert.Equal(Ids("<s>", "▁Answer"), pair.PromptIds);
        Assert.Equal(Ids("▁yes", "</s>"), pair.ChosenIds);
        Assert.Equal(Ids("▁no", "</s>"), pair.RejectedIds);
        Assert.Equal(Source, pair.Source);
        Assert.Equal(0, result.BoundaryMismatches);
    }

    [Fact]
    public void A_token_across_the_boundary_is_split_at_the_prompts_end_and_counted()
    {
        // Whole: ... ":", "▁yes". The prompt alone ends in ":", "▁", so the completion is "yes" without the space.
        var result = Tokenize(new PreferenceRow("Answer: ", "yes", "no", Source));
        var pair = Assert.Single(result.Pairs);
        Assert.Equal(Ids("<s>", "▁Answer", ":", "▁"), pair.PromptIds);
        Assert.Equal(Ids("yes", "</s>"), pair.ChosenIds);
        Assert.Equal(Ids("no", "</s>"), pair.RejectedIds);
        Assert.Equal(1, result.BoundaryMismatches);
    }

    [Fact]
    public void A_boundary_inside_a_word_needs_no_anchor_without_a_space_in_front()
    {
        var tokenizer = new PieceTokenizer(spaceInFront: false);
        var result = Tokenize(tokenizer, Unlimited, [new PreferenceRow("a", "b", "c", Source)]);
        Assert.Equal([tokenizer.Id("b"), tokenizer.Id("</s>")], result.Pairs[0].ChosenIds);
        Assert.Equal(1, result.BoundaryMismatches);
    }

    [Fact]
    public void Prompt_and_completion_decode_to_the_whole_text()
    {
        var random = new Random(5);
        string Text(int longest) => new([.. Enumerable.Range(0, random.Next(1, longest)).Select(_ => "aabb :\n"[random.Next(7)])]);
        var rows = Enumerable.Range(1, 500).Select(i => new PreferenceRow(Text(12), Text(12), "#", new("a", i))).ToList();
        var result = Tokenize(_tokenizer, Unlimited, rows);
        Assert.InRange(result.BoundaryMismatches, 10, 490);
        foreach (var (row, pair) in rows.Zip(result.Pairs))
        {
            Assert.Equal($"<s>{row.Prompt}{row.Chosen}</s>", _tokenizer.Decode([.. pair.PromptIds, .. pair.ChosenIds]));
            Assert.Equal(_tokenizer.Encode(row.Prompt), pair.PromptIds);
        }
    }

    [Fact]
    public void Eos_is_not_appended_twice_and_not_when_switched_off()
    {
        var row = new PreferenceRow("Answer", " yes</s>", " no", Source);
        Assert.Equal(Ids("▁yes", "</s>"), Tokenize(row).Pairs[0].ChosenIds);
        var without = Tokenize(_tokenizer, Unlimited with { AppendEos = false }, [row]);
        Assert.Equal(Ids("▁yes", "</s>"), without.Pairs[0].ChosenIds);
        Assert.Equal(Ids("▁no"), without.Pairs[0].RejectedIds);
    }

    [Fact]
    public void What_a_tokenizer_puts_behind_a_text_does_not_end_the_prompt()
    {
        var result = Tokenize(new PieceTokenizer(eosBehind: true), Unlimited, [new PreferenceRow("Answer", " yes", " no", Source)]);
        Assert.Equal(Ids("<s>", "▁Answer"), result.Pairs[0].PromptIds);
        Assert.Equal(Ids("▁yes", "</s>"), result.Pairs[0].ChosenIds);
        Assert.Equal(0, result.BoundaryMismatches);
    }

    [Fact]
    public void An_empty_prompt_is_the_beginning_of_a_sequence() =>
        Assert.Equal(Ids("<s>"), Tokenize(new PreferenceRow("", "yes", "no", Source)).Pairs[0].PromptIds);

    [Fact]
    public void Truncation_equals_trls()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("trl/data/data_trl_v1.9.0.json")));
        var checkedCases = 0;
        foreach (var golds in golden.RootElement.GetProperty("preference_collator").EnumerateArray())
        {
            if (golds.GetProperty("truncation_mode").GetString() != "keep_start") continue;
            var options = new PairTokenizerOptions { MaxLength = golds.GetProperty("max_length").ValueKind == JsonValueKind.Null ? null : golds.GetProperty("max_length").GetInt32() };
            var rows = golds.GetProperty("examples").EnumerateArray()
                .Select(e => new PreferenceIdsRow(Ints(e.GetProperty("prompt_ids")), Ints(e.GetProperty("chosen_ids")), Ints(e.GetProperty("rejected_ids")), Source)).ToList();
            var pairs = Tokenize(null, options, rows).Pairs;
            Assert.Equal(Sequences(golds.GetProperty("output")), [.. pairs.Select(p => Show(p.PromptIds, p.ChosenIds)), .. pairs.Select(p => Show(p.PromptIds, p.RejectedIds))]);
            checkedCases++;
        }
        Assert.True(checkedCases >= 2);
    }

    [Fact]
    public void A_pair_whose_prompt_fills_the_length_is_dropped_and_the_rest_counted()
    {
        PreferenceIdsRow Row(int prompt, int[] chosen, int[] rejected, int row) => new([.. Enumerable.Repeat(9, prompt)], chosen, rejected, new("a", row));
        var result = Tokenize(null, new() { MaxLength = 4 },
            [Row(4, [1], [2], 1), Row(3, [1, 2], [1, 3], 2), Row(5, [1], [2], 3), Row(2, [1, 2, 3], [4], 4), Row(2, [1, 2], [3], 5)]);
        Assert.Equal([2, 4, 5], result.Pairs.Select(p => p.Source.Row));
        Assert.Equal(2, result.DroppedPairs);
        Assert.Equal(2, result.TruncatedPairs);
        Assert.Equal(1, result.EqualAfterTruncation);
        Assert.Equal([1, 2], result.Pairs[1].ChosenIds);
        Assert.Equal([4], result.Pairs[1].RejectedIds);
    }

    [Fact]
    public void Faults_of_the_data_and_the_tokenizer_are_told_apart()
    {
        var ids = new PreferenceIdsRow([1, 2, 3], [1], [2], Source);
        Assert.StartsWith("a.jsonl: none of the 1 pairs is left", Assert.Throws<DatasetException>(() => Tokenize(null, new() { MaxLength = 3 }, [ids])).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => Tokenize(null, new(), []));
        var texts = Enumerable.Range(1, 50).Select(i => new PreferenceRow("p", "c", "r", new("a.jsonl", i))).ToList();
        Assert.StartsWith("a.jsonl:1: the row is text", Assert.Throws<ConfigurationException>(() => Tokenize(null, new(), texts)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PairTokenizerOptions { MaxLength = 1 });
    }

    [Fact]
    public void Ids_beyond_the_models_vocabulary_are_refused_with_the_row()
    {
        var pair = new TokenizedPair([1], [2], [7], Source);
        VocabularyCheck.Require([pair], vocabularySize: 8);
        var error = Assert.Throws<DatasetException>(() => VocabularyCheck.Require([pair], vocabularySize: 7));
        Assert.Equal("a.jsonl:1: the rejected completion has the token id 7, but the model's vocabulary ends at 6; use the tokenizer of this model.", error.Message);
        Assert.Throws<DatasetException>(() => VocabularyCheck.Require([new TokenizedSequence([0, -1], [true, true], Source)], vocabularySize: 7));
    }

    private TokenizedPairs Tokenize(PreferenceRow row) => Tokenize(_tokenizer, Unlimited, [row]);

    private static TokenizedPairs Tokenize(ITokenizer? tokenizer, PairTokenizerOptions options, IReadOnlyList<PreferenceExample> rows) =>
        new PairTokenizer(tokenizer, options).Tokenize(rows, TestContext.Current.CancellationToken);

    private int[] Ids(params string[] pieces) => Array.ConvertAll(pieces, _tokenizer.Id);

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];

    private static string Show(int[] prompt, int[] completion) => $"{string.Join(' ', prompt)} | {string.Join(' ', completion)}";

    /// <summary>The golden batch without padding, split by its completion mask.</summary>
    private static IEnumerable<string> Sequences(JsonElement output)
    {
        var (ids, attended, completion) = (output.GetProperty("input_ids"), output.GetProperty("attention_mask"), output.GetProperty("completion_mask"));
        for (var row = 0; row < ids.GetArrayLength(); row++)
        {
            var length = Ints(attended[row]).Sum();
            var tokens = Ints(ids[row])[..length];
            var prompt = length - Ints(completion[row]).Sum();
            yield return Show(tokens[..prompt], tokens[prompt..]);
        }
    }
}
