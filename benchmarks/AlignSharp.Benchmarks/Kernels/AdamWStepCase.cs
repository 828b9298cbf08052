using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>An update of the parameters of an adapter on two projections of every layer, clipping included, against TorchSharp's optimizer and clipping.</summary>
internal static class AdamWStepCase
{
    private const int Rank = 8;
    private const double Rate = 1e-4, MaxNorm = 1;

    /// <summary>Makes the case in the caller's scope.</summary>
    /// <param name="sizes">What it is applied to.</param>
    public static KernelCase Create(KernelSizes sizes)
    {
        var count = 4 * sizes.Model.Layers;
        Parameter[] Copies() => [.. Enumerable.Range(0, count).Select(_ => WithGradient(new Parameter(randn(Rank, sizes.Model.Hidden))))];
        Parameter[] ours = Copies(), theirs = Copies();
        foreach (var (one, other) in ours.Zip(theirs)) CopyTo(one, other);
        var moments = Array.ConvertAll(ours, parameter => (First: zeros_like(parameter), Second: zeros_like(parameter)));
        var optimizer = optim.AdamW(theirs, lr: Rate, weight_decay: 0);
        double elements = (double)count * Rank * sizes.Model.Hidden;
        var number = 0;
        return new KernelCase("AdamWStep", $"{count} x {Rank} x {sizes.Model.Hidden}")
        {
            Ours = () =>
            {
                var norm = GradientNorm.Of(ours.Select(parameter => parameter.grad!));
                var step = new AdamWStep(Rate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0, GradientNorm.ClippingFactor(norm, MaxNorm), ++number);
                for (var i = 0; i < count; i++) step.Apply(ours[i], ours[i].grad!, moments[i].First, moments[i].Second);
                return ours[0].detach().clone();
            },
            Baseline = () =>
            {
                nn.utils.clip_grad_norm_(theirs, MaxNorm);
                optimizer.step();
                return theirs[0].detach().clone();
            },
            Owned = [optimizer],
            ForwardBytes = 7 * elements * sizeof(float),
        };
    }

    private static Parameter WithGradient(Parameter parameter)
    {
        // Of a norm below the limit: clipping multiplies by 1 then, however often it runs over the same gradient.
        parameter.grad = randn_like(parameter) * 1e-4;
        return parameter;
    }

    private static void CopyTo(Parameter from, Parameter to)
    {
        using var noGradient = no_grad();
        to.copy_(from);
        to.grad!.copy_(from.grad!);
    }
}
