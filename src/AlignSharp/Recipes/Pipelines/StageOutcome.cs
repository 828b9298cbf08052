namespace AlignSharp.Recipes.Pipelines;

/// <summary>How a stage ended.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="ExitCode">The command's exit code; null when it was skipped or never reached.</param>
/// <param name="IsSkipped">Whether an earlier run had done it, with the same inputs and settings.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record StageOutcome(PipelineStage Stage, int? ExitCode, bool IsSkipped, double Seconds);
