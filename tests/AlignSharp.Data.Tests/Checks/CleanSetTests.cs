using AlignSharp.Data.Checks;
using Xunit;

namespace AlignSharp.Data.Tests.Checks;

public sealed class CleanSetTests
{
    public static TheoryData<int, int> Sets => new(from size in (int[])[1, 3, 20, 60, 150, 400, 1000] from seed in Enumerable.Range(1, size < 1000 ? 8 : 4) select (size, seed));

    [Theory, MemberData(nameof(Sets))]
    public void Nothing_is_invented_on_a_clean_set(int size, int seed)
    {
        var made = new MadeUpPairs(seed);
        var (train, evaluation) = (made.Make(size), made.Make(Math.Max(size / 10, 1)));
        Assert.Empty(MadeUpPairs.Check(train, evaluation).Findings.Select(finding => $"{finding.Code}: {finding.Meaning}"));
        Assert.Empty(MadeUpPairs.Check(train.Select(MadeUpPairs.WithoutIds), evaluation, new PreferenceCheckOptions()).Findings);
    }

    [Fact]
    public void The_facts_of_a_clean_set_say_what_is_there()
    {
        var pairs = new MadeUpPairs(3).Make(500);
        var report = MadeUpPairs.Check(pairs, new MadeUpPairs(4).Make(50));
        Assert.Equal((500, 50, 0, 0), (report.Pairs, report.EvaluationPairs, report.UnreadableRows, report.TruncatedPairs));
        Assert.Null(report.Worst);
        Assert.Empty(report.LeftOut);
        Assert.Equal("tokens", report.LengthUnit);
        int[] prompts = [.. pairs.Select(pair => pair.Whole!.PromptIds.Length).Order()];
        var lengths = report.PromptLengths;
        Assert.Equal((prompts[0], prompts[249], prompts[449], prompts[494], prompts[499]), (lengths.Min, lengths.Median, lengths.P90, lengths.P99, lengths.Max));
        Assert.Equal(prompts.Average(), lengths.Mean, 1e-9);
        Assert.Equal(500, lengths.Bins.Sum());
        Assert.Equal(prompts.Count(length => length < lengths.BinWidth), lengths.Bins[0]);
        Assert.InRange(report.LengthBias!.Share, 0.4, 0.6);
        Assert.Equal(2 * report.LengthBias.Share - 1, report.LengthBias.EffectSize);
        Assert.InRange(report.Shortcut!.Accuracy, 0.4, 0.6);
        Assert.Equal(500, report.Shortcut.Pairs);
    }

    [Fact]
    public void Without_ids_lengths_are_characters_as_python_counts_them()
    {
        var report = MadeUpPairs.Check([MadeUpPairs.WithoutIds(MadeUpPairs.Pair(1, "a🙂b", "yes", "no no"))]);
        Assert.Equal(("characters", 3, 3, 5), (report.LengthUnit, report.PromptLengths.Max, report.ChosenLengths.Max, report.RejectedLengths.Max));
        Assert.Equal((0.0, -1.0), (report.LengthBias!.Share, report.LengthBias.EffectSize));
    }

    [Fact]
    public void A_set_without_pairs_has_a_report_without_findings()
    {
        var report = MadeUpPairs.Check([]);
        Assert.Equal((0, null, null), (report.Pairs, report.LengthBias, report.Shortcut));
        Assert.Empty(report.Findings);
    }
}
