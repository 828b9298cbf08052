using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>
/// One of PEFT's combinations of adapters (<c>add_weighted_adapter</c>) that is no exact sum: it makes one pair of factors, of scaling 1, from those of
/// several adapters, projection by projection.
/// </summary>
internal abstract record AdapterCombination
{
    /// <summary>PEFT's name of it.</summary>
    public abstract string Name { get; }

    /// <summary>The largest rank that it gives, or null for the largest of the adapters'.</summary>
    public virtual int? Rank => null;

    /// <summary>Combines what adapters have at one projection.</summary>
    /// <param name="parts">At least one.</param>
    /// <param name="generator">Source of random numbers, the same for the same projection.</param>
    /// <returns>float32 A and B, owned by the caller's scope.</returns>
    public abstract (Tensor A, Tensor B) Combine(IReadOnlyList<WeightedFactors> parts, Generator generator);
}
