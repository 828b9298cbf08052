using AlignSharp.Data.Checks;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.WholeSet;

public sealed class LengthBiasTests
{
    [Theory]
    [InlineData(75, "longer")]
    [InlineData(25, "shorter")]
    public void Answers_that_are_chosen_for_their_length_are_found(int percent, string side)
    {
        var pairs = Biased(seed: 1, count: 600, percent);
        var report = MadeUpPairs.Check(pairs);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("length-bias", FindingSeverity.Warning), (finding.Code, finding.Severity));
        var favoured = pairs.Count(pair => side == "longer" ? Chosen(pair) > Rejected(pair) : Chosen(pair) < Rejected(pair));
        Assert.Equal((favoured, favoured / 600.0), (finding.Count, finding.Share));
        var share = (pairs.Count(pair => Chosen(pair) > Rejected(pair)) + pairs.Count(pair => Chosen(pair) == Rejected(pair)) / 2.0) / 600;
        Assert.Equal(share, report.LengthBias!.Share, 1e-12);
        Assert.Contains($"tends to be the {side} one", finding.Title, StringComparison.Ordinal);
        foreach (var remedy in (string[])["sigmoid_norm", "ld_alpha"]) Assert.Contains(remedy, finding.Remedy, StringComparison.Ordinal);
        Assert.Matches(@"^chosen \d+, rejected \d+ tokens$", finding.Examples[0].Excerpt);
        Assert.Empty(report.LeftOut);
    }

    [Fact]
    public void A_slight_leaning_of_a_large_set_and_a_strong_one_of_a_small_set_are_none()
    {
        Assert.Empty(MadeUpPairs.Check(Biased(seed: 2, count: 3000, percent: 56)).Findings);
        Assert.Empty(MadeUpPairs.Check(Biased(seed: 3, count: 40, percent: 90)).Findings);
    }

    [Fact]
    public void Many_rows_of_few_prompts_do_not_count_as_many_observations()
    {
        var pairs = Biased(seed: 4, count: 600, percent: 75).Select((pair, i) => MadeUpPairs.WithoutIds(pair with { Prompt = $"question number {i % 30}" }));
        Assert.Empty(MadeUpPairs.Check(pairs).Findings);
    }

    [Fact]
    public void Lengths_are_compared_as_they_are_trained()
    {
        var made = new MadeUpPairs(5);
        var pairs = Enumerable.Range(1, 100).Select(row => MadeUpPairs.Pair(row, made.Text(150, 150), made.Text(120, 130), made.Text(80, 90)));
        var report = MadeUpPairs.Check(pairs);
        Assert.Equal(0.5, report.LengthBias!.Share);
        Assert.Equal(100, report.TruncatedPairs);
        Assert.DoesNotContain("length-bias", report.Findings.Select(finding => finding.Code));
    }

    private static int Chosen(CheckedPair pair) => pair.Whole!.ChosenIds.Length;

    private static int Rejected(CheckedPair pair) => pair.Whole!.RejectedIds.Length;

    private static List<CheckedPair> Biased(int seed, int count, int percent) => new MadeUpPairs(seed).Make(count).ConvertAll(pair =>
    {
        var isLonger = pair.Source.Row % 100 < percent;
        return isLonger == Chosen(pair) > Rejected(pair) ? pair : MadeUpPairs.Pair(pair.Source.Row, pair.Prompt, pair.Rejected, pair.Chosen);
    });
}
