using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>What an objective is told about the pairs of a micro-batch. The tensors are borrowed from the step's scope.</summary>
/// <param name="Policy">Log-probabilities under the model that is trained, with gradient; float32 <c>[pairs]</c>. With <c>ld_alpha</c> a longer completion's surplus tokens count less.</param>
/// <param name="Reference">Log-probabilities under the reference, summed alike, without gradient; zeros where there is none.</param>
/// <param name="Tokens">Scored tokens of each completion.</param>
public readonly record struct ObjectiveInput(PairLogps Policy, PairLogps Reference, PairCounts Tokens)
{
    /// <summary>Plain sum of the chosen completion's log-probabilities under the policy, with gradient; null where <see cref="Policy"/> is that sum.</summary>
    public Tensor? ChosenSum { get; init; }

    /// <summary>
    /// How likely the policy itself is to answer so: mean over tokens of <c>log p − log Σp²</c>, of both completions together; float32 <c>[pairs]</c>
    /// without gradient, or null where nobody weighs by it.
    /// </summary>
    public Tensor? LogWeights { get; init; }
}
