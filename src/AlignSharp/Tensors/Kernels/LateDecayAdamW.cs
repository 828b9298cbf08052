using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) in the form of bitsandbytes' CUDA code, where the decay comes after the step:
/// <c>m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; p -= lr·√(1−β2ᵗ)/(1−β1ᵗ) · m / (√v + ε·√(1−β2ᵗ)); p *= 1 − lr·wd</c>.
/// </summary>
internal readonly struct LateDecayAdamW : IUpdateFormula
{
    private readonly float _beta1, _oneMinusBeta1, _beta2, _oneMinusBeta2, _epsilon, _step, _keep;

    public LateDecayAdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, int number)
    {
        (_beta1, _beta2) = ((float)beta1, (float)beta2);
        // 1 − 0.999 in float32 is off by 1e-5 of itself: so are the second moments there, and the corrections must be as well.
        (_oneMinusBeta1, _oneMinusBeta2) = (1 - _beta1, 1 - _beta2);
        var root = Math.Sqrt(1 - Math.Pow(_beta2, number));
        _epsilon = (float)(epsilon * root);
        _step = (float)(-learningRate * root / (1 - Math.Pow(_beta1, number)));
        _keep = (float)(1 - learningRate * weightDecay);
    }

    public static int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance<TV, TLanes>(ref TV parameter, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV>
    {
        first = TLanes.Fma(gradient, TLanes.Create(_oneMinusBeta1), TLanes.Multiply(first, TLanes.Create(_beta1)));
        second = TLanes.Fma(TLanes.Multiply(gradient, gradient), TLanes.Create(_oneMinusBeta2), TLanes.Multiply(second, TLanes.Create(_beta2)));
        var denominator = TLanes.Add(TLanes.Sqrt(second), TLanes.Create(_epsilon));
        parameter = TLanes.Multiply(TLanes.Fma(TLanes.Divide(first, denominator), TLanes.Create(_step), parameter), TLanes.Create(_keep));
    }

    public void Compose(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states)
    {
        var (first, second) = (states[0], states[1]);
        first.copy_(first.Times(_beta1).Plus(gradient.Times(_oneMinusBeta1)));
        second.copy_(second.Times(_beta2).Plus((gradient * gradient).Times(_oneMinusBeta2)));
        parameter.copy_(parameter.Plus((first / second.sqrt().Plus(_epsilon)).Times(_step)).Times(_keep));
    }
}
