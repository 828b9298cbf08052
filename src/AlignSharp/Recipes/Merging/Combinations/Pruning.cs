using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging.Combinations;

/// <summary>Which elements of a factor are left out before a combination.</summary>
internal abstract record Pruning
{
    /// <summary>The factor with the elements left out.</summary>
    /// <param name="factor">Any shape; not disposed.</param>
    /// <param name="generator">Source of random numbers.</param>
    public abstract Tensor Of(Tensor factor, Generator generator);

    /// <summary>Nothing is left out.</summary>
    public sealed record None : Pruning
    {
        public override Tensor Of(Tensor factor, Generator generator) => factor;
    }

    /// <summary>The largest stay.</summary>
    /// <param name="Density">The share that stays.</param>
    public sealed record ByMagnitude(double Density) : Pruning
    {
        public override Tensor Of(Tensor factor, Generator generator)
        {
            var flat = factor.reshape(-1);
            var (_, largest) = flat.abs().topk((int)(Density * factor.numel()), largest: true);
            return zeros_like(flat).index_copy(0, largest, flat.index_select(0, largest)).view(factor.shape);
        }
    }

    /// <summary>A random share stays, and makes up for the rest.</summary>
    /// <param name="Density">The share that stays.</param>
    public sealed record AtRandom(double Density) : Pruning
    {
        public override Tensor Of(Tensor factor, Generator generator)
        {
            var stays = rand(factor.shape, generator: generator).Plus(-Density).sign().Times(-1).Plus(1).sign(); // 1 below the density, else 0
            return (factor * stays).Over(Density);
        }
    }
}
