using AlignSharp.Recipes.Demo;
using Xunit;

namespace AlignSharp.Tests.Recipes.Demo;

public sealed class DemoDataTests
{
    private static readonly DemoData Data = DemoData.Generate(seed: 0, trainQuestions: 2800, heldOutQuestions: 280);

    [Fact]
    public void The_same_seed_gives_the_same_rows()
    {
        var again = DemoData.Generate(seed: 0, trainQuestions: 2800, heldOutQuestions: 280);
        Assert.Equal(Data.Train.Select(Line), again.Train.Select(Line));
        Assert.Equal(Data.HeldOut.Select(Line), again.HeldOut.Select(Line));
    }

    [Fact]
    public void Another_seed_gives_other_rows_and_another_split()
    {
        var other = DemoData.Generate(seed: 1, trainQuestions: 2800, heldOutQuestions: 280);
        Assert.NotEqual(Data.Train.Select(Line), other.Train.Select(Line));
        Assert.NotEmpty(Combinations(other.Train).Intersect(Combinations(Data.HeldOut)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    public void No_held_out_combination_appears_in_training(int seed)
    {
        var data = DemoData.Generate(seed, trainQuestions: 2800, heldOutQuestions: 280);
        Assert.Empty(Combinations(data.Train).Intersect(Combinations(data.HeldOut)));
    }

    [Fact]
    public void Every_single_word_of_a_held_out_question_appears_in_training()
    {
        var known = Data.Train.SelectMany(pair => pair.Question.Text.Split(' ')).ToHashSet();
        Assert.All(Data.HeldOut.SelectMany(pair => pair.Question.Text.Split(' ')), word => Assert.Contains(word, known));
    }

    [Fact]
    public void No_two_rows_ask_the_same_question_or_share_an_id()
    {
        var all = Data.Train.Concat(Data.HeldOut).ToList();
        Assert.Equal(all.Count, all.Select(pair => pair.Question.Text).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(pair => pair.Question.Id).Order());
    }

    [Fact]
    public void Seven_topics_have_equal_shares()
    {
        Assert.Equal(7, DemoData.Topics.Distinct().Count());
        Assert.All(DemoData.Topics, topic => Assert.Equal(400, Data.Train.Count(pair => pair.Question.Topic == topic)));
        Assert.All(DemoData.Topics, topic => Assert.Equal(40, Data.HeldOut.Count(pair => pair.Question.Topic == topic)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1234)]
    public void The_largest_documented_set_can_be_made(int seed)
    {
        var data = DemoData.Generate(seed, trainQuestions: 2800, heldOutQuestions: 280);
        Assert.Equal((2800, 280), (data.Train.Count, data.HeldOut.Count));
    }

    [Fact]
    public void A_set_larger_than_its_topics_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoData.Generate(seed: 0, trainQuestions: 100_000, heldOutQuestions: 1));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void An_empty_set_is_refused(int train, int heldOut) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoData.Generate(seed: 0, train, heldOut));

    [Fact]
    public void Neither_the_longer_nor_the_shorter_answer_is_usually_the_better()
    {
        Assert.InRange(ShareOfLongerBetter(answer => answer.Length), 0.4, 0.6);
        Assert.InRange(ShareOfLongerBetter(answer => answer.Split(' ').Length), 0.4, 0.6);
    }

    [Fact]
    public void No_threshold_on_length_tells_better_from_worse()
    {
        var better = Data.Train.Select(pair => pair.Better.Length).ToList();
        var worse = Data.Train.Select(pair => pair.Worse.Length).ToList();
        for (var length = 0; length < 120; length++)
        {
            var above = (better.Count(l => l > length) + worse.Count(l => l <= length)) / (double)(better.Count + worse.Count);
            Assert.InRange(above, 0.4, 0.6);
        }
    }

    [Fact]
    public void Worse_answers_are_wrong_or_incomplete_or_unhelpful()
    {
        double rows = Data.Train.Count;
        Assert.InRange(Data.Train.Count(IsUnhelpful) / rows, 0.12, 0.22);
    }

    private static bool IsUnhelpful(DemoPair pair) =>
        pair.Worse.StartsWith("Nobody needs", StringComparison.Ordinal) || pair.Worse.StartsWith("Please search", StringComparison.Ordinal);

    /// <summary>Share of pairs whose better answer is the longer; a pair of equals counts half.</summary>
    private static double ShareOfLongerBetter(Func<string, int> length) =>
        Data.Train.Average(pair => (Math.Sign(length(pair.Better) - length(pair.Worse)) + 1) / 2.0);

    private static IEnumerable<string> Combinations(IEnumerable<DemoPair> pairs) =>
        pairs.Select(pair => $"{pair.Question.Topic}: {pair.Question.Combination}");

    private static string Line(DemoPair pair) => $"{pair.Question.Id} {pair.Question.Text} {pair.Question.Date} {pair.Better} {pair.Worse}";
}
