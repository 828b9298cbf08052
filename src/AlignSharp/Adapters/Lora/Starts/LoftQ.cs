using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// LoftQ (Li et al. 2023, arXiv:2310.08659, algorithm 1): a quantised weight and a low-rank update that together are nearer to the weight than the quantised
/// weight alone. Quantisation and the best update for what it left take turns.
/// </summary>
public static class LoftQ
{
    /// <summary>Decomposes a weight.</summary>
    /// <param name="weight">The full-precision weight, <c>[out, in]</c>, any floating type; not disposed.</param>
    /// <param name="quantizeRoundTrip">Quantises a float32 matrix of that shape and gives its values again; owned by the caller's scope.</param>
    /// <param name="rank">Rank of the update; above 0, at most the weight's smaller side.</param>
    /// <param name="scaling">Factor that the adapter puts on its update (PEFT's LoftQ takes it for 1).</param>
    /// <param name="iterations">Turns; 1 or more (<c>loftq_iter</c>, PEFT's default 1).</param>
    /// <returns>
    /// A <c>[rank, in]</c>, B <c>[out, rank]</c> and the quantised weight's values <c>[out, in]</c>, float32 and owned by the caller's scope, with
    /// <c>Quantized + scaling · B·A</c> near the weight.
    /// </returns>
    /// <exception cref="ArgumentException">The rank does not fit the weight, or the quantiser gives another shape.</exception>
    public static (Tensor A, Tensor B, Tensor Quantized) Decompose(Tensor weight, Func<Tensor, Tensor> quantizeRoundTrip, int rank, double scaling, int iterations)
    {
        ArgumentNullException.ThrowIfNull(quantizeRoundTrip);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(scaling, 0);
        if (weight.dim() != 2 || rank < 1 || rank > Math.Min(weight.size(0), weight.size(1)))
            throw new ArgumentException($"Rank {rank} does not fit a weight {ShapeCheck.Describe(weight)}; expected 1 to its smaller side", nameof(rank));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var wide = weight.to(ScalarType.Float32);
        Tensor a = zeros(rank, wide.size(1), device: wide.device), b = zeros(wide.size(0), rank, device: wide.device), quantized = wide;
        for (var turn = 0; turn < iterations; turn++)
        {
            quantized = quantizeRoundTrip(wide - b.mm(a).Times(scaling)).to(ScalarType.Float32);
            if (!quantized.shape.AsSpan().SequenceEqual(wide.shape)) throw new ArgumentException($"The quantiser gave {ShapeCheck.Describe(quantized)} for {ShapeCheck.Describe(wide)}", nameof(quantizeRoundTrip));
            var (u, s, v) = linalg.svd(wide - quantized, fullMatrices: false);
            var roots = s.narrow(0, 0, rank).Over(scaling).sqrt();
            a = v.narrow(0, 0, rank) * roots.unsqueeze(1);
            b = u.narrow(1, 0, rank) * roots;
        }
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope(), quantized.alias().MoveToOuterDisposeScope());
    }
}
