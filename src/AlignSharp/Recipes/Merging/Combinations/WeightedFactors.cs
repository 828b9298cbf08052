using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>One adapter's part of a combination at a projection. Borrowed.</summary>
/// <param name="A">float32 <c>[rank, in]</c>.</param>
/// <param name="B">float32 <c>[out, rank]</c>.</param>
/// <param name="Weight">The user's factor.</param>
/// <param name="Scaling">The adapter's own.</param>
internal readonly record struct WeightedFactors(Tensor A, Tensor B, double Weight, double Scaling);
