using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Benchmarks.Kernels.Baselines;

/// <summary>Log-probabilities of given tokens in plain operators: all logits, log-softmax in float32, gather.</summary>
internal static class LogProbHeadBaseline
{
    /// <summary>Scores tokens.</summary>
    /// <param name="hidden"><c>[scored, hidden]</c>.</param>
    /// <param name="targets">int64 <c>[scored]</c>.</param>
    /// <param name="weight"><c>[vocabulary, hidden]</c>.</param>
    /// <returns>float32 <c>[scored]</c>.</returns>
    public static Tensor Score(Tensor hidden, Tensor targets, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var all = F.log_softmax(F.linear(hidden, weight).to(ScalarType.Float32), -1);
        return all.gather(1, targets.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
    }
}
