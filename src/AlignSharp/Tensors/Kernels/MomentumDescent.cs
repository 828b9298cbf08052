using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Gradient descent with momentum, as PyTorch's SGD has it: <c>b = µ·b + g + wd·p; p -= lr·b</c>; a buffer of zeros makes the first one the gradient.</summary>
internal readonly struct MomentumDescent(double learningRate, double momentum, double weightDecay) : IUpdateFormula
{
    private readonly float _step = (float)-learningRate;
    private readonly float _momentum = (float)momentum;
    private readonly float _decay = (float)weightDecay;

    public static int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance<TV, TLanes>(ref TV parameter, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV>
    {
        first = TLanes.Fma(first, TLanes.Create(_momentum), TLanes.Fma(parameter, TLanes.Create(_decay), gradient));
        parameter = TLanes.Fma(first, TLanes.Create(_step), parameter);
    }

    public void Compose(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states)
    {
        var buffer = states[0];
        buffer.copy_(buffer.Times(_momentum).Plus(gradient.Plus(parameter.Times(_decay))));
        parameter.copy_(parameter.Plus(buffer.Times(_step)));
    }
}
