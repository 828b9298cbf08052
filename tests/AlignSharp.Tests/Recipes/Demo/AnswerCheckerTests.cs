using AlignSharp.Recipes.Demo;
using Xunit;

namespace AlignSharp.Tests.Recipes.Demo;

public sealed class AnswerCheckerTests
{
    private static readonly DemoData Data = DemoData.Generate(seed: 3, trainQuestions: 2800, heldOutQuestions: 280);

    private static IEnumerable<DemoPair> All => Data.Train.Concat(Data.HeldOut);

    [Fact]
    public void Every_better_answer_is_accepted() =>
        Assert.All(All, pair => Assert.True(AnswerChecker.IsRightAndComplete(pair.Question, pair.Better), pair.Better));

    [Fact]
    public void Every_worse_answer_is_rejected() =>
        Assert.All(All, pair => Assert.False(AnswerChecker.IsRightAndComplete(pair.Question, pair.Worse), $"{pair.Question.Text} {pair.Worse}"));

    [Fact]
    public void The_true_answer_is_accepted() =>
        Assert.All(All, pair => Assert.True(AnswerChecker.IsRightAndComplete(pair.Question, AnswerChecker.TrueAnswer(pair.Question))));

    [Fact]
    public void White_space_does_not_matter()
    {
        var pair = Data.Train[0];
        Assert.True(AnswerChecker.IsRightAndComplete(pair.Question, "\n " + pair.Better.Replace(" ", " \t ", StringComparison.Ordinal) + " \n"));
    }

    [Fact]
    public void An_answer_that_breaks_off_or_goes_on_or_is_empty_is_rejected()
    {
        Assert.All(Data.HeldOut, pair =>
        {
            Assert.False(AnswerChecker.IsRightAndComplete(pair.Question, pair.Better[..^2]));
            Assert.False(AnswerChecker.IsRightAndComplete(pair.Question, pair.Better + " " + pair.Worse));
            Assert.False(AnswerChecker.IsRightAndComplete(pair.Question, ""));
        });
    }

    [Fact]
    public void The_answer_to_another_question_of_the_topic_is_rejected()
    {
        foreach (var topic in Data.HeldOut.GroupBy(pair => pair.Question.Topic))
        {
            var first = topic.First();
            var other = topic.First(pair => pair.Question.Combination != first.Question.Combination);
            Assert.False(AnswerChecker.IsRightAndComplete(first.Question, other.Better), $"{first.Question.Text} {other.Better}");
        }
    }

    [Theory]
    [InlineData("commands", "superuser.com")]
    [InlineData("code", "stackoverflow.com")]
    [InlineData("dates", "ux.stackexchange.com")]
    [InlineData("order", "puzzling.stackexchange.com")]
    [InlineData("plurals", "ell.stackexchange.com")]
    [InlineData("units", "physics.stackexchange.com")]
    [InlineData("capitals", "travel.stackexchange.com")]
    public void Every_topic_belongs_to_a_site(string topic, string site) =>
        Assert.All(Data.Train.Where(pair => pair.Question.Topic == topic), pair => Assert.Equal($"https://{site}", pair.Question.Site));
}
