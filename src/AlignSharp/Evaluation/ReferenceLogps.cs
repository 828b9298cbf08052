using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>What a reference says about rows of a data set, as plain numbers that outlive its tensors.</summary>
/// <param name="Chosen">Summed log-probability of each row's chosen completion.</param>
/// <param name="Rejected">Summed log-probability of each row's rejected completion, as many as <paramref name="Chosen"/>.</param>
public sealed record ReferenceLogps(float[] Chosen, float[] Rejected)
{
    /// <summary>How many rows it is about.</summary>
    public int Rows => Chosen.Length;

    /// <summary>Copies a batch's log-probabilities from their device; the tensors stay the caller's.</summary>
    /// <param name="logps">Log-probabilities of a batch.</param>
    public static ReferenceLogps Of(PairLogps logps) => new(Values(logps.Chosen), Values(logps.Rejected));

    private static float[] Values(Tensor logps)
    {
        using var local = logps.to(ScalarType.Float32).cpu().contiguous();
        return local.data<float>().ToArray();
    }
}
