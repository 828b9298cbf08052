using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>
/// Weighted preference optimization (Zhou et al. 2024, arXiv:2406.11827, equation 2): each pair's loss times the product of its completions' weights, the probability
/// per token relative to what the policy expects of its own tokens. Pairs that the policy would itself write count more. TRL's <c>use_weighting</c>.
/// </summary>
/// <param name="inner">The objective that is weighted; its loss must belong to pairs.</param>
/// <param name="atMostOne">Whether a pair's weight ends at 1 (TRL 0.13).</param>
public sealed class WeightedObjective(IPreferenceObjective inner, bool atMostOne = false) : IStatefulObjective
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> State
    {
        get => inner is IStatefulObjective stateful ? stateful.State : new Dictionary<string, double>();
        set
        {
            if (inner is IStatefulObjective stateful) stateful.State = value;
            else if (value.Count > 0) throw new ArgumentException($"This objective has no state, yet {string.Join(", ", value.Keys)} was given.", nameof(value));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The pairs come without <see cref="ObjectiveInput.LogWeights"/>.</exception>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        if (pairs.LogWeights is not { } logWeights) throw new ArgumentException("Weighting by the policy needs LogWeights.", nameof(pairs));
        using var scope = NewDisposeScope();
        var result = inner.Evaluate(pairs);
        var weights = atMostOne ? logWeights.AtMost(0).exp() : Bounded.Exp(logWeights);
        return new ObjectiveResult((result.Losses * weights).MoveToOuterDisposeScope(), result.ChosenRewards.MoveToOuterDisposeScope(), result.RejectedRewards.MoveToOuterDisposeScope());
    }
}
