namespace AlignSharp.Checkpoints;

/// <summary>What an adapter has for one projection of its base.</summary>
/// <param name="Path">Module path of the projection.</param>
/// <param name="Rank">Rows of A, columns of B.</param>
/// <param name="InFeatures">Columns of A.</param>
/// <param name="OutFeatures">Rows of B.</param>
public readonly record struct AdaptedProjection(string Path, long Rank, long InFeatures, long OutFeatures);
