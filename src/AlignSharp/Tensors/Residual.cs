using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The sum of a residual stream and what a block adds to it.</summary>
public static class Residual
{
    /// <summary><c>x + update</c>.</summary>
    /// <param name="x"><c>[tokens, width]</c>.</param>
    /// <param name="update"><c>[tokens, width]</c> of the same type.</param>
    /// <returns><c>[tokens, width]</c>, owned by the caller's scope.</returns>
    /// <exception cref="ArgumentException">The two do not fit each other.</exception>
    public static Tensor Add(Tensor x, Tensor update)
    {
        ShapeCheck.RequireEqualMatrices(x, update);
        return CpuKernels.Handle(x) ? Operation.Apply(new Sum(), x, update)[0] : x.Plus(update);
    }

    private sealed unsafe class Sum : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            Tensor x = inputs[0]!.contiguous(), update = inputs[1]!.contiguous();
            var output = Buffers.Like(x);
            CpuKernels.Run(
                new Addition((int)x.size(1))
                {
                    Left = (void*)TorchNatives.Address(x),
                    Right = (void*)TorchNatives.Address(update),
                    Output = (void*)TorchNatives.Address(output),
                },
                x.dtype, x.size(0), x.size(1));
            return [output];
        }

        // Both inputs have the gradient of the sum.
        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved) => [gradients[0], gradients[0]];
    }
}
