using AlignSharp.Data.Checks;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.WholeSet;

public sealed class DuplicateAndContradictionTests
{
    [Fact]
    public void Copies_of_a_row_are_found_whatever_the_white_space_of_the_prompt_and_the_first_one_stays()
    {
        var pairs = new MadeUpPairs(1).Make(50);
        pairs.Add(At(51, pairs[4]));
        pairs.Add(At(52, pairs[4] with { Prompt = $"  {pairs[4].Prompt.Replace(" ", "\n  ", StringComparison.Ordinal)}\n" }));
        var report = MadeUpPairs.Check(pairs);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("duplicate-row", FindingSeverity.Warning, 2, 2 / 52.0), (finding.Code, finding.Severity, finding.Count, finding.Share));
        Assert.StartsWith("the same as train.jsonl:5: ", finding.Examples[0].Excerpt, StringComparison.Ordinal);
        Assert.Equal([50, 51], report.LeftOut.Select(row => row.Ordinal));
    }

    [Fact]
    public void The_same_prompt_with_other_answers_is_no_copy_and_no_contradiction()
    {
        var pairs = new MadeUpPairs(1).Make(50);
        pairs.Add(MadeUpPairs.Pair(51, pairs[4].Prompt, pairs[4].Chosen, "quite another worse answer"));
        pairs.Add(MadeUpPairs.Pair(52, pairs[4].Prompt, pairs[4].Rejected, "quite another worse answer"));
        Assert.Empty(MadeUpPairs.Check(pairs).Findings);
    }

    [Fact]
    public void Opposite_preferences_of_one_prompt_contradict_each_other_and_all_of_them_go()
    {
        var pairs = new MadeUpPairs(1).Make(50);
        pairs.Add(MadeUpPairs.Pair(51, pairs[4].Prompt, pairs[4].Rejected, pairs[4].Chosen));
        var report = MadeUpPairs.Check(pairs);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("contradiction", 2), (finding.Code, finding.Count));
        Assert.Equal([(5, "the opposite of train.jsonl:51"), (51, "the opposite of train.jsonl:5")], finding.Examples.Select(example => (example.Source!.Value.Row, example.Excerpt)));
        Assert.Equal([4, 50], report.LeftOut.Select(row => row.Ordinal));
    }

    [Fact]
    public void Preferences_that_go_in_a_circle_contradict_each_other_and_those_that_lead_into_it_do_not()
    {
        CheckedPair Pair(int row, string prompt, string better, string worse) => MadeUpPairs.Pair(row, prompt, $"answer {better} here", $"answer {worse} here");
        var report = MadeUpPairs.Check(
        [
            Pair(1, "first question", "a", "b"), Pair(2, "first question", "b", "c"), Pair(3, "first question", "c", "a"), Pair(4, "first question", "d", "a"),
            Pair(5, "other question", "b", "a"), Pair(6, "other question", "b", "c"), Pair(7, "other question", "a", "c"),
        ]);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("contradiction", 3), (finding.Code, finding.Count));
        Assert.Equal([(1, "in a circle with train.jsonl:2 and others"), (2, "in a circle with train.jsonl:3 and others"), (3, "in a circle with train.jsonl:1 and others")],
            finding.Examples.Select(example => (example.Source!.Value.Row, example.Excerpt)));
    }

    [Fact]
    public void The_order_of_rows_changes_no_count()
    {
        var pairs = new MadeUpPairs(9).Make(300);
        for (var i = 0; i < 20; i++)
        {
            pairs.Add(At(301 + 2 * i, pairs[3 * i]));
            pairs.Add(MadeUpPairs.Pair(302 + 2 * i, pairs[5 * i].Prompt, pairs[5 * i].Rejected, pairs[5 * i].Chosen));
            pairs[100 + i] = MadeUpPairs.Pair(101 + i, pairs[100 + i].Prompt, pairs[100 + i].Chosen + " \uFFFD", pairs[100 + i].Rejected);
        }
        string Counts(IEnumerable<CheckedPair> rows)
        {
            var report = MadeUpPairs.Check(rows, pairs.Skip(200).Take(10));
            Assert.Equal(4, report.Findings.Count);
            return string.Join("; ", report.Findings.Select(finding => $"{finding.Code} {finding.Count}")) + $"; {report.LengthBias}; {report.Shortcut!.Accuracy:R}; {report.LeftOut.Count}";
        }
        var expected = Counts(pairs);
        for (var seed = 0; seed < 5; seed++)
        {
            var shuffled = pairs.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Counts(shuffled));
        }
    }

    [Fact]
    public void A_set_without_the_rows_that_are_left_out_has_none_of_those_findings()
    {
        var pairs = new MadeUpPairs(9).Make(300);
        var evaluation = new MadeUpPairs(10).Make(20);
        for (var i = 0; i < 10; i++)
        {
            pairs.Add(At(301 + 2 * i, pairs[3 * i]));
            pairs.Add(MadeUpPairs.Pair(302 + 2 * i, pairs[5 * i].Prompt, pairs[5 * i].Rejected, pairs[5 * i].Chosen));
            pairs[100 + i] = pairs[100 + i] with { ChosenScore = 1, RejectedScore = 1 + i };
            pairs[200 + i] = MadeUpPairs.Pair(201 + i, evaluation[i].Prompt, pairs[200 + i].Chosen, pairs[200 + i].Rejected);
        }
        var first = MadeUpPairs.Check(pairs, evaluation);
        Assert.Equal(["duplicate-row", "contradiction", "eval-leak", "inverted-scores", "tied-scores"], first.Findings.Select(finding => finding.Code));
        var gone = first.LeftOut.Select(row => row.Ordinal).ToHashSet();
        Assert.Empty(MadeUpPairs.Check(pairs.Where((_, ordinal) => !gone.Contains(ordinal)), evaluation).Findings);
    }

    private static CheckedPair At(int row, CheckedPair pair) => pair with { Source = new(MadeUpPairs.File, row) };
}
