namespace AlignSharp.Tracking;

/// <summary>What is known of a run when it begins.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="TotalSteps">Updates it will do.</param>
public sealed record RunStart(string Name, int TotalSteps);
