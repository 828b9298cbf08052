using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The gated activation SwiGLU (Shazeer 2020, arXiv:2002.05202): <c>silu(gate) · up</c>.</summary>
public static class SwiGlu
{
    /// <summary>Applies it element by element.</summary>
    /// <param name="gate"><c>[tokens, width]</c>.</param>
    /// <param name="up"><c>[tokens, width]</c> of the same type.</param>
    /// <returns><c>[tokens, width]</c>, owned by the caller's scope.</returns>
    /// <exception cref="ArgumentException">The two do not fit each other.</exception>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        ShapeCheck.RequireEqualMatrices(gate, up);
        return CpuKernels.Handle(gate) ? Operation.Apply(new Gating(), gate, up)[0] : Compose(gate, up);
    }

    private static Tensor Compose(Tensor gate, Tensor up)
    {
        using var scope = NewDisposeScope();
        return (nn.functional.silu(gate) * up).MoveToOuterDisposeScope();
    }

    private sealed unsafe class Gating : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            Tensor gate = inputs[0]!.contiguous(), up = inputs[1]!.contiguous();
            var output = Buffers.Like(gate);
            CpuKernels.Run(
                new SwiGluForward((int)gate.size(1))
                {
                    Gate = (void*)TorchNatives.Address(gate),
                    Up = (void*)TorchNatives.Address(up),
                    Output = (void*)TorchNatives.Address(output),
                },
                gate.dtype, gate.size(0), CpuKernels.ExponentialWork * gate.size(1));
            if (IsRecorded) Save(gate, up);
            return [output];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            Tensor gate = saved[0]!, up = saved[1]!, gradient = gradients[0]!.contiguous();
            Tensor dgate = Buffers.Like(gate), dup = Buffers.Like(up);
            CpuKernels.Run(
                new SwiGluBackward((int)gate.size(1))
                {
                    Gate = (void*)TorchNatives.Address(gate),
                    Up = (void*)TorchNatives.Address(up),
                    Gradient = (void*)TorchNatives.Address(gradient),
                    GateGradient = (void*)TorchNatives.Address(dgate),
                    UpGradient = (void*)TorchNatives.Address(dup),
                },
                gate.dtype, gate.size(0), CpuKernels.ExponentialWork * gate.size(1));
            return [dgate, dup];
        }
    }
}
