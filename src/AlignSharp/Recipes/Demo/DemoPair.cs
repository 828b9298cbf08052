namespace AlignSharp.Recipes.Demo;

/// <summary>A question with an answer that is right and complete and one that is not.</summary>
/// <param name="Question">The question.</param>
/// <param name="Better">Right and complete; one of <see cref="DemoQuestion.RightAnswers"/>.</param>
/// <param name="Worse">Wrong, incomplete or unhelpful; of about the same length.</param>
public sealed record DemoPair(DemoQuestion Question, string Better, string Worse);
