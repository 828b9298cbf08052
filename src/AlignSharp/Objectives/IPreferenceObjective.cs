using AlignSharp.Tensors;

namespace AlignSharp.Objectives;

/// <summary>A preference objective as a pure function of log-probabilities.</summary>
public interface IPreferenceObjective
{
    /// <summary>Computes losses and implicit rewards. Disposes nothing it is given.</summary>
    /// <param name="policy">Log-probabilities under the model that is trained, with gradient; float32 <c>[pairs]</c>.</param>
    /// <param name="reference">Log-probabilities under the reference, without gradient; zeros where there is none.</param>
    /// <returns>Tensors owned by the caller's scope.</returns>
    ObjectiveResult Evaluate(PairLogps policy, PairLogps reference);
}
