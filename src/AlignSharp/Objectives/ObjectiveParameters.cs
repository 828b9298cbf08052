namespace AlignSharp.Objectives;

/// <summary>Parameters that a run gives to its objective.</summary>
/// <param name="Beta">TRL's <c>beta</c> (default 0.1).</param>
/// <param name="LabelSmoothing">TRL's <c>label_smoothing</c> (default 0).</param>
public sealed record ObjectiveParameters(double Beta = 0.1, double LabelSmoothing = 0);
