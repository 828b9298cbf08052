namespace AlignSharp.Recipes.Demo;

/// <summary>Decides by program whether an answer to a question of the demo is right and complete.</summary>
public static class AnswerChecker
{
    /// <summary>The shortest answer that would be accepted.</summary>
    /// <param name="question">The question.</param>
    public static string TrueAnswer(DemoQuestion question) => question.RightAnswers.MinBy(answer => answer.Length)!;

    /// <summary>
    /// True when the answer states everything that was asked, correctly, and nothing besides: it equals one of
    /// <see cref="DemoQuestion.RightAnswers"/> up to white space at its ends and the length of white space within.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">Any text, for example one that a model has sampled.</param>
    public static bool IsRightAndComplete(DemoQuestion question, string answer)
    {
        var given = CollapseWhiteSpace(answer);
        return question.RightAnswers.Any(right => CollapseWhiteSpace(right) == given);
    }

    private static string CollapseWhiteSpace(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
