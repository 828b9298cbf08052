namespace AlignSharp.Diagnostics;

/// <summary>One judgement of the doctor.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="What">What was found, in one line.</param>
/// <param name="Remedy">What to do about it, or null when nothing needs doing.</param>
public sealed record Finding(FindingLevel Level, string What, string? Remedy = null);
