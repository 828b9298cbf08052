namespace AlignSharp.Recipes.Demo.Topics;

/// <summary>One choice of arguments within a topic, with the sentences that answer it well and badly.</summary>
internal sealed record DemoCase
{
    /// <summary>The arguments in an order that does not depend on how they are asked.</summary>
    public required string Combination { get; init; }

    /// <summary>Ways of asking.</summary>
    public required IReadOnlyList<string> Questions { get; init; }

    /// <summary>Sentences that answer rightly and completely: the same facts in other words.</summary>
    public required IReadOnlyList<string> Right { get; init; }

    /// <summary>Sentences of the same form that say something false.</summary>
    public required IReadOnlyList<string> Wrong { get; init; }

    /// <summary>True sentences that leave out a part of what was asked, and say so at about the length of a full answer.</summary>
    public required IReadOnlyList<string> Partial { get; init; }
}
