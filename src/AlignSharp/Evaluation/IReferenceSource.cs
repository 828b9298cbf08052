using AlignSharp.Tensors;

namespace AlignSharp.Evaluation;

/// <summary>Where the reference log-probabilities of a batch come from.</summary>
public interface IReferenceSource
{
    /// <summary>Log-probabilities under the reference, without gradient.</summary>
    /// <param name="batch">Packed pairs on the policy's device.</param>
    /// <param name="rows">Index of each pair in its data set, by which a source may remember them.</param>
    /// <returns>float32 <c>[pairs]</c> each, owned by the caller's scope.</returns>
    PairLogps Logps(TokenBatch batch, IReadOnlyList<int> rows);
}
