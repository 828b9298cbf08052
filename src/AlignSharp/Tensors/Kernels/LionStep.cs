using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Lion (Chen et al. 2023, arXiv:2302.06675), the decay before the step as in bitsandbytes:
/// <c>p *= 1 − lr·wd; p -= lr·sign(β1·m + (1−β1)·g); m = β2·m + (1−β2)·g</c>.
/// </summary>
internal readonly struct LionStep(double learningRate, double beta1, double beta2, double weightDecay) : IUpdateFormula
{
    private readonly float _beta1 = (float)beta1;
    private readonly float _oneMinusBeta1 = 1 - (float)beta1;
    private readonly float _beta2 = (float)beta2;
    private readonly float _oneMinusBeta2 = 1 - (float)beta2;
    private readonly float _step = (float)-learningRate;
    private readonly float _keep = (float)(1 - learningRate * weightDecay);

    public static int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance<TV, TLanes>(ref TV parameter, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV>
    {
        var zero = TLanes.Create(0);
        var direction = TLanes.Fma(gradient, TLanes.Create(_oneMinusBeta1), TLanes.Multiply(first, TLanes.Create(_beta1)));
        var sign = TLanes.WhereLess(direction, zero, TLanes.Create(-1), TLanes.WhereLess(zero, direction, TLanes.Create(1), zero));
        parameter = TLanes.Fma(sign, TLanes.Create(_step), TLanes.Multiply(parameter, TLanes.Create(_keep)));
        first = TLanes.Fma(gradient, TLanes.Create(_oneMinusBeta2), TLanes.Multiply(first, TLanes.Create(_beta2)));
    }

    public void Compose(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states)
    {
        var first = states[0];
        var direction = first.Times(_beta1).Plus(gradient.Times(_oneMinusBeta1));
        parameter.copy_(parameter.Times(_keep).Plus(direction.sign().Times(_step)));
        first.copy_(first.Times(_beta2).Plus(gradient.Times(_oneMinusBeta2)));
    }
}
