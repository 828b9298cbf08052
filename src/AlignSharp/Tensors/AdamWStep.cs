using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// One update of AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) in PyTorch's form:
/// <c>p -= lr·wd·p; m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; p -= lr/(1−β1ᵗ) · m / (√v/√(1−β2ᵗ) + ε)</c>.
/// </summary>
/// <param name="LearningRate">Rate.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="GradientScale">Factor on the gradient, from clipping.</param>
/// <param name="Number">Number of this update, from 1.</param>
public readonly record struct AdamWStep(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, double GradientScale, int Number)
{
    private double Root => Math.Sqrt(1 - Math.Pow(Beta2, Number));

    private double Rate => -LearningRate / (1 - Math.Pow(Beta1, Number));

    private double Keep => 1 - LearningRate * WeightDecay;

    /// <summary>Updates a parameter and its moments in place.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient; left as it is.</param>
    /// <param name="first">First moment, of the parameter's shape and type.</param>
    /// <param name="second">Second moment, likewise.</param>
    public void Apply(Tensor parameter, Tensor gradient, Tensor first, Tensor second)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (CpuKernels.Handle(parameter) && parameter.is_contiguous() && gradient.dtype == parameter.dtype) RunKernel(parameter, gradient.contiguous(), first, second);
        else Compose(parameter, gradient, first, second);
    }

    private unsafe void RunKernel(Tensor parameter, Tensor gradient, Tensor first, Tensor second)
    {
        var count = parameter.numel();
        var kernel = new AdamWUpdate(count)
        {
            Parameter = (byte*)TorchNatives.Address(parameter),
            Gradient = (byte*)TorchNatives.Address(gradient),
            First = (byte*)TorchNatives.Address(first),
            Second = (byte*)TorchNatives.Address(second),
            GradientScale = (float)GradientScale,
            Keep = (float)Keep,
            Beta1 = (float)Beta1,
            OneMinusBeta1 = (float)(1 - Beta1),
            Beta2 = (float)Beta2,
            OneMinusBeta2 = (float)(1 - Beta2),
            Root = (float)Root,
            Epsilon = (float)Epsilon,
            Step = (float)Rate,
        };
        CpuKernels.Run(kernel, parameter.dtype, (count + AdamWUpdate.BlockElements - 1) / AdamWUpdate.BlockElements, AdamWUpdate.BlockElements);
    }

    private void Compose(Tensor parameter, Tensor gradient, Tensor first, Tensor second)
    {
        // Disposed at the end and not before: see ScalarArithmetic on numbers that die under a native call.
        using var keepFirst = Beta1.ToScalar();
        using var addFirst = (1 - Beta1).ToScalar();
        using var keepSecond = Beta2.ToScalar();
        using var addSecond = (1 - Beta2).ToScalar();
        using var root = Root.ToScalar();
        using var epsilon = Epsilon.ToScalar();
        using var one = 1.ToScalar();
        using var step = Rate.ToScalar();
        using var keep = Keep.ToScalar();
        var clipped = GradientScale == 1 ? gradient : gradient.Times(GradientScale);
        if (WeightDecay != 0) parameter.mul_(keep);
        first.mul_(keepFirst).add_(clipped, addFirst);
        second.mul_(keepSecond).addcmul_(clipped, clipped, addSecond);
        parameter.addcdiv_(first, second.sqrt().div_(root).add_(epsilon, one), step);
    }
}
