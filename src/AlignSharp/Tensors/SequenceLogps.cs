using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Summed log-probabilities of the scored tokens of each sequence. The tensors are borrowed from the step's scope.</summary>
/// <param name="Sum">float32 <c>[sequences]</c>, natural logarithm; carries the gradient when the model was scored with one.</param>
/// <param name="TokenCount">float32 <c>[sequences]</c>, number of scored tokens, no gradient.</param>
public readonly record struct SequenceLogps(Tensor Sum, Tensor TokenCount)
{
    /// <summary>Splits sequences packed as pairs: the first half chosen, the second half rejected.</summary>
    public PairLogps ToPairs()
    {
        var pairs = Sum.size(0) / 2;
        return new PairLogps(Sum.narrow(0, 0, pairs), Sum.narrow(0, pairs, pairs));
    }

    /// <summary>The scored tokens, split as <see cref="ToPairs"/> splits the sums.</summary>
    public PairCounts ToPairCounts()
    {
        var pairs = TokenCount.size(0) / 2;
        return new PairCounts(TokenCount.narrow(0, 0, pairs), TokenCount.narrow(0, pairs, pairs));
    }
}
