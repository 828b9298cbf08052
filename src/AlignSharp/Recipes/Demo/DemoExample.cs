namespace AlignSharp.Recipes.Demo;

/// <summary>One held-out question with an answer sampled before and one sampled after alignment.</summary>
/// <param name="Question">The question.</param>
/// <param name="Before">Answer of the undecided model.</param>
/// <param name="BeforeIsRight">Whether it is right and complete.</param>
/// <param name="After">Answer of the aligned model.</param>
/// <param name="AfterIsRight">Whether it is right and complete.</param>
public sealed record DemoExample(string Question, string Before, bool BeforeIsRight, string After, bool AfterIsRight);
