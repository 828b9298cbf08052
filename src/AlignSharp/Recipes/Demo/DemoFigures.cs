namespace AlignSharp.Recipes.Demo;

/// <summary>What the demo measures of a model on the held-out questions.</summary>
/// <param name="RewardAccuracy">Share of pairs whose better answer has the higher implicit reward; a tie counts half. An undecided model has 0.5.</param>
/// <param name="RewardMargin">Mean of better minus worse implicit reward.</param>
/// <param name="AnswerQuality">Share of sampled answers that a program checks to be right and complete, 0 to 1.</param>
public sealed record DemoFigures(double RewardAccuracy, double RewardMargin, double AnswerQuality);
