using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>Gradient descent with the decay in the gradient, as PyTorch's SGD has it: <c>p -= lr·(g + wd·p)</c>.</summary>
internal readonly struct GradientDescent(double learningRate, double weightDecay) : IUpdateFormula
{
    private readonly float _step = (float)-learningRate;
    private readonly float _decay = (float)weightDecay;

    public static int States => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance<TV, TLanes>(ref TV parameter, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV> =>
        parameter = TLanes.Fma(TLanes.Fma(parameter, TLanes.Create(_decay), gradient), TLanes.Create(_step), parameter);

    public void Compose(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states) =>
        parameter.copy_(parameter.Plus(gradient.Plus(parameter.Times(_decay)).Times(_step)));
}
