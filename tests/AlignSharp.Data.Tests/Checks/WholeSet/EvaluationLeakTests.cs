using AlignSharp.Data.Checks;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.WholeSet;

public sealed class EvaluationLeakTests
{
    [Fact]
    public void Prompts_of_the_evaluation_set_are_found_in_the_training_set()
    {
        var (train, evaluation) = (new MadeUpPairs(1).Make(100), new MadeUpPairs(2).Make(30));
        train[7] = MadeUpPairs.Pair(8, " " + evaluation[3].Prompt.Replace(" ", "  ", StringComparison.Ordinal), train[7].Chosen, train[7].Rejected);
        var report = MadeUpPairs.Check(train, evaluation.Select(pair => pair with { Source = new("eval.jsonl", pair.Source.Row) }));
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("eval-leak", FindingSeverity.Error, 1, 0.01), (finding.Code, finding.Severity, finding.Count, finding.Share));
        Assert.StartsWith("also eval.jsonl:4: ", finding.Examples[0].Excerpt, StringComparison.Ordinal);
        Assert.Equal([(7, "eval-leak")], report.LeftOut.Select(row => (row.Ordinal, row.Code)));
    }

    [Fact]
    public void Prompts_that_are_nearly_those_of_the_evaluation_set_are_found()
    {
        var made = new MadeUpPairs(3);
        var evaluation = Enumerable.Range(1, 40).Select(row => MadeUpPairs.Pair(row, made.Text(80, 90), made.Text(8, 40), made.Text(8, 40)) with { Source = new("eval.jsonl", row) }).ToList();
        var train = new MadeUpPairs(1).Make(100);
        for (var i = 0; i < 10; i++) train[i] = MadeUpPairs.Pair(i + 1, $"Please: {evaluation[i].Prompt} Thanks", train[i].Chosen, train[i].Rejected);
        // Half of the words are others.
        for (var i = 10; i < 20; i++) train[i] = MadeUpPairs.Pair(i + 1, $"{evaluation[i].Prompt} {made.Text(80, 90)}", train[i].Chosen, train[i].Rejected);
        var report = MadeUpPairs.Check(train.Select(MadeUpPairs.WithoutIds), evaluation);
        Assert.Equal(["near-eval-leak"], report.Findings.Select(each => each.Code));
        var finding = report.Findings[0];
        Assert.Equal(("near-eval-leak", FindingSeverity.Warning, 10), (finding.Code, finding.Severity, finding.Count));
        Assert.Matches(@"^like eval\.jsonl:1 \(similarity (0\.9\d|1\.00)\): Please: ", finding.Examples[0].Excerpt);
        Assert.Equal(Enumerable.Range(0, 10), report.LeftOut.Select(row => row.Ordinal));
    }

    [Fact]
    public void A_system_prompt_that_all_share_does_not_make_prompts_alike()
    {
        var system = new MadeUpPairs(77).Text(200, 200);
        List<CheckedPair> WithSystem(int seed) => new MadeUpPairs(seed).Make(60).ConvertAll(pair => MadeUpPairs.WithoutIds(pair with { Prompt = system + "\n" + pair.Prompt }));
        Assert.Empty(MadeUpPairs.Check(WithSystem(1), WithSystem(2)).Findings);
    }

    [Fact]
    public void Prompts_of_white_space_and_short_ones_that_differ_are_no_leak()
    {
        CheckedPair Pair(string prompt, int row) => MadeUpPairs.WithoutIds(MadeUpPairs.Pair(row, prompt, $"one answer to {row}", $"other answer to {row}"));
        Assert.Empty(MadeUpPairs.Check([Pair("", 1), Pair("What is 2 + 2?", 2)], [Pair(" ", 3), Pair("What is 2 + 3?", 4)]).Findings);
    }
}
