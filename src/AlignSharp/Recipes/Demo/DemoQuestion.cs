namespace AlignSharp.Recipes.Demo;

/// <summary>A question of the demo, whose truth is known.</summary>
public sealed record DemoQuestion
{
    /// <summary>Number of the question, from 1; no two questions of one <see cref="DemoData"/> share it.</summary>
    public required long Id { get; init; }

    /// <summary>Name of the topic, for example <c>plurals</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>Address of the question-and-answer site that the question belongs on.</summary>
    public required string Site { get; init; }

    /// <summary>The arguments asked about, in an order that does not depend on how they were asked: what a held-out question shares with no training question.</summary>
    public required string Combination { get; init; }

    /// <summary>The question as a person would type it; one line.</summary>
    public required string Text { get; init; }

    /// <summary>Day on which the question was asked.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Every answer that is right and complete; never empty.</summary>
    public required IReadOnlyList<string> RightAnswers { get; init; }
}
