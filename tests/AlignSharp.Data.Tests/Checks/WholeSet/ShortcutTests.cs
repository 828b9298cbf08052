using AlignSharp.Data.Checks;
using AlignSharp.Data.Checks.Statistics;
using AlignSharp.Data.Checks.WholeSet;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.WholeSet;

public sealed class ShortcutTests
{
    [Fact]
    public void A_phrase_that_only_chosen_answers_have_is_found_and_named()
    {
        var report = MadeUpPairs.Check(Phrased(seed: 1, count: 400, "Certainly, hope this helps"));
        var finding = Assert.Single(report.Findings, finding => finding.Code != "suspected-flip");
        Assert.Equal(("word-shortcut", FindingSeverity.Warning), (finding.Code, finding.Severity));
        Assert.InRange(report.Shortcut!.Accuracy, 0.97, 1);
        Assert.Contains("last word helps", report.Shortcut.ChosenWords);
        Assert.Contains("\"last word helps\"", finding.Meaning, StringComparison.Ordinal);
        Assert.InRange(finding.Count, 390, 400);
        Assert.Empty(report.LeftOut);
    }

    [Fact]
    public void Labels_that_were_swapped_are_suspected()
    {
        var report = MadeUpPairs.Check(Swapped(every: 12));
        var finding = Assert.Single(report.Findings, finding => finding.Code == "suspected-flip");
        Assert.InRange(finding.Count, 35, 50);
        Assert.All(finding.Examples, example => Assert.Equal(0, example.Source!.Value.Row % 12));
        Assert.StartsWith("the words are for the rejected answer, with probability 0.", finding.Examples[0].Excerpt, StringComparison.Ordinal);
        Assert.Empty(report.LeftOut);
    }

    [Fact]
    public void A_classifier_that_is_wrong_too_often_suspects_nobody()
    {
        var report = MadeUpPairs.Check(Swapped(every: 4));
        Assert.InRange(report.Shortcut!.Accuracy, 0.68, 0.78);
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Sets_of_few_prompts_are_not_tested()
    {
        Assert.Null(MadeUpPairs.Check(Phrased(seed: 1, count: 40, "Certainly, hope this helps")).Shortcut);
        var samePrompts = Phrased(seed: 1, count: 400, "Certainly, hope this helps").Select((pair, i) => pair with { Prompt = $"question {i % 40}" });
        Assert.Null(MadeUpPairs.Check(samePrompts).Shortcut);
    }

    [Fact]
    public void Answers_that_are_only_learned_by_heart_do_not_count_as_told()
    {
        // Each prompt has a word of its own that marks its better answers; no other prompt teaches it.
        var made = new MadeUpPairs(4);
        var pairs = Enumerable.Range(1, 600).Select(row => MadeUpPairs.Pair(row, $"question number {row % 100} about this", $"{made.Text(8, 40)} good{row % 100}", $"{made.Text(8, 40)} bad{row % 100}"));
        Assert.InRange(MadeUpPairs.Check(pairs).Shortcut!.Accuracy, 0.3, 0.7);
    }

    [Fact]
    public void Equal_seeds_give_equal_reports_and_other_seeds_nearly()
    {
        var pairs = Phrased(seed: 3, count: 300, "indeed");
        string Report(ulong seed) => AlignSharp.Data.Checks.Reports.CheckReportJson.Write(MadeUpPairs.Check(pairs, options: MadeUpPairs.Options with { Seed = seed }));
        Assert.Equal(Report(1), Report(1));
        Assert.NotEqual(Report(1), Report(2));
    }

    [Fact]
    public void A_sample_of_too_many_words_has_the_same_prompts_in_any_order()
    {
        PairView[] views = [.. new MadeUpPairs(6).Make(200).Select((pair, i) => new PairView(pair, i))];
        int[] Kept(IEnumerable<PairView> order)
        {
            var sample = new WordSample(seed: 1, mostFeatures: 1000);
            foreach (var view in order) sample.Add(view, new uint[10 + view.Ordinal % 7]);
            return [.. sample.Order().Select(sample.Ordinal)];
        }
        var expected = Kept(views);
        Assert.InRange(expected.Length, 20, 90);
        for (var seed = 0; seed < 5; seed++)
        {
            var shuffled = views.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Kept(shuffled));
        }
    }

    [Fact]
    public void Differences_of_words_are_those_of_square_roots_of_frequencies_and_of_ends()
    {
        var words = new AnswerWords();
        var features = words.Difference("good good good dog", "Good cat").ToArray().ToDictionary(feature => words.Name(SparseFeature.Index(feature)), feature => (double)SparseFeature.Value(feature));
        // good: sqrt(3/4) - sqrt(1/2); the first words are the same.
        Assert.Equal(5, features.Count);
        Assert.Equal(Math.Sqrt(0.75) - Math.Sqrt(0.5), features["good"], 1e-4);
        Assert.Equal(0.5, features["dog"], 1e-4);
        Assert.Equal(-Math.Sqrt(0.5), features["cat"], 1e-4);
        Assert.Equal((0.5, -0.5), (Math.Round(features["last word dog"], 3), Math.Round(features["last word cat"], 3)));
        Assert.Empty(words.Difference("the same", "THE SAME").ToArray());
        Assert.Empty(words.Difference("", "").ToArray());
    }

    private static List<CheckedPair> Swapped(int every) => Phrased(seed: 2, count: 600, "Certainly, hope this helps")
        .ConvertAll(pair => pair.Source.Row % every == 0 ? MadeUpPairs.Pair(pair.Source.Row, pair.Prompt, pair.Rejected, pair.Chosen) : pair);

    private static List<CheckedPair> Phrased(int seed, int count, string phrase)
    {
        var made = new MadeUpPairs(seed);
        var words = phrase.Split(' ').Length;
        // As long as the other answer, so that only the words tell.
        return [.. Enumerable.Range(1, count).Select(row => MadeUpPairs.Pair(row, made.Text(12, 30), $"{made.Text(8, 40)} {phrase}", made.Text(8 + words, 40 + words)))];
    }
}
