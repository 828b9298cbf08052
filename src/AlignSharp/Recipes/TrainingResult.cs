namespace AlignSharp.Recipes;

/// <summary>What a training run did.</summary>
/// <param name="OutputDir">Where the result lies.</param>
/// <param name="Steps">Updates done.</param>
/// <param name="Interrupted">Whether it was asked to stop before the end; the state at that point is saved as the newest checkpoint.</param>
public sealed record TrainingResult(string OutputDir, int Steps, bool Interrupted);
