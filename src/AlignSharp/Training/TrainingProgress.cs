namespace AlignSharp.Training;

/// <summary>How far a run has come.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="Epoch">Epochs done, a fraction.</param>
/// <param name="NumTokens">Tokens seen, each sequence of a pair counted whole.</param>
public readonly record struct TrainingProgress(int Step, double Epoch, long NumTokens);
