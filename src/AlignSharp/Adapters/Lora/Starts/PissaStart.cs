using System.Globalization;
using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// The adapter begins with the largest singular values of the weight, and the base keeps the rest (PiSSA, Meng et al. 2024, arXiv:2404.02948;
/// <c>init_lora_weights: pissa</c>, or <c>pissa_niter_N</c> for N rounds of a fast approximation).
/// </summary>
/// <param name="Iterations">Rounds of subspace iteration (Halko et al. 2009, arXiv:0909.4061); null for the exact decomposition.</param>
public sealed record PissaStart(int? Iterations) : LoraStart
{
    // Loading an adapter repeats its start, so that the approximation must not depend on a run's seed.
    private const ulong Seed = 0;

    /// <inheritdoc/>
    public override bool ChangesBase => true;

    /// <summary>As configuration files write it.</summary>
    public string Name => Iterations is { } rounds ? string.Create(CultureInfo.InvariantCulture, $"pissa_niter_{rounds}") : "pissa";

    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (u, s, v) = Iterations is { } rounds ? Approximate(at.Weight(), at.Rank, rounds) : Exact(at.Weight(), at.Rank);
        var roots = s.Over(at.Scaling).sqrt();
        return ((v * roots.unsqueeze(1)).MoveToOuterDisposeScope(), (u * roots).MoveToOuterDisposeScope());
    }

    private static (Tensor U, Tensor S, Tensor V) Exact(Tensor weight, long rank)
    {
        var (u, s, v) = linalg.svd(weight, fullMatrices: false);
        return (u.narrow(1, 0, rank), s.narrow(0, 0, rank), v.narrow(0, 0, rank));
    }

    private static (Tensor U, Tensor S, Tensor V) Approximate(Tensor weight, long rank, int rounds)
    {
        using var generator = new Generator(Seed, CPU);
        var (basis, _) = linalg.qr(weight.mm(randn([weight.size(1), rank], generator: generator).to(weight.device)));
        for (var round = 0; round < rounds; round++)
        {
            var (other, _) = linalg.qr(weight.t().mm(basis));
            (basis, _) = linalg.qr(weight.mm(other));
        }
        var (u, s, v) = linalg.svd(basis.t().mm(weight), fullMatrices: false);
        return (basis.mm(u), s, v);
    }
}
