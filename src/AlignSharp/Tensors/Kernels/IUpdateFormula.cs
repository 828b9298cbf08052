using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// One update of an element by an optimizer with up to two float32 states an element: in lanes for <see cref="StateUpdate{TFormula}"/> and
/// <see cref="BlockwiseStateUpdate{TFormula}"/>, and in libtorch's operators for other devices.
/// </summary>
internal interface IUpdateFormula
{
    /// <summary>States that an element has: 0, 1 or 2.</summary>
    static abstract int States { get; }

    /// <summary>Updates elements and their states; those that the formula does not have are left alone.</summary>
    void Advance<TV, TLanes>(ref TV parameter, TV gradient, ref TV first, ref TV second) where TLanes : struct, ILanes<TV>;

    /// <summary>Updates tensors of one floating type in place.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its clipped gradient; left as it is.</param>
    /// <param name="states">As many as the formula has, of the parameter's shape.</param>
    void Compose(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor> states);
}
