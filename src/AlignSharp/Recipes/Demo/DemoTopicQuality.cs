namespace AlignSharp.Recipes.Demo;

/// <summary>Answer quality on one topic.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Before">Share of right and complete answers of the undecided model.</param>
/// <param name="After">The same of the aligned model.</param>
public sealed record DemoTopicQuality(string Topic, double Before, double After);
