using AlignSharp.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>The logistic loss with a share of labels taken for flipped.</summary>
internal static class Smoothed
{
    /// <summary><c>−(1 − ε)·log σ(logits) − ε·log σ(−logits)</c>.</summary>
    public static Tensor Logistic(Tensor logits, double labelSmoothing)
    {
        var losses = -F.logsigmoid(logits);
        return labelSmoothing == 0 ? losses : losses.Times(1 - labelSmoothing) - F.logsigmoid(-logits).Times(labelSmoothing);
    }
}
