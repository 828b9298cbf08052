using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Root-mean-square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467): <c>x / sqrt(mean(x²) + epsilon) · weight</c>.</summary>
public static class RmsNormalization
{
    /// <summary>Normalises rows, in float32 whatever the type.</summary>
    /// <param name="x"><c>[tokens, width]</c>, any floating type.</param>
    /// <param name="weight"><c>[width]</c> of the same type.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns><c>[tokens, width]</c>, owned by the caller's scope.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon)
    {
        Check(x, weight);
        return CpuKernels.Handle(x) ? Operation.Apply(new Norm(epsilon, branches: false), x, weight)[0] : Compose(x, weight, epsilon);
    }

    /// <summary>
    /// Normalises rows and hands the rows themselves on, as a residual stream needs both: the gradient of the two is then one sum in one pass.
    /// </summary>
    /// <inheritdoc cref="Apply"/>
    /// <returns>The rows to go on with in place of <paramref name="x"/>, and the normalised rows; owned by the caller's scope.</returns>
    public static (Tensor Residual, Tensor Normalized) Branch(Tensor x, Tensor weight, double epsilon)
    {
        Check(x, weight);
        if (!CpuKernels.Handle(x)) return (x.alias(), Compose(x, weight, epsilon));
        return Operation.Apply(new Norm(epsilon, branches: true), x, weight) is [var residual, var normalized] ? (residual, normalized) : throw new InvalidOperationException();
    }

    private static Tensor Compose(Tensor x, Tensor weight, double epsilon)
    {
        using var scope = NewDisposeScope();
        var wide = x.dtype == ScalarType.Float64 ? x.alias() : x.to(ScalarType.Float32);
        var scale = rsqrt((wide * wide).mean([-1], keepdim: true).Plus(epsilon));
        return (weight * (wide * scale).to(x.dtype)).MoveToOuterDisposeScope();
    }

    private static void Check(Tensor x, Tensor weight)
    {
        if (x.dim() != 2 || weight.dim() != 1 || weight.size(0) != x.size(1) || weight.dtype != x.dtype)
            throw new ArgumentException($"Rows {x.dtype} [{string.Join(", ", x.shape)}] cannot be normalised with a weight {weight.dtype} [{string.Join(", ", weight.shape)}]; expected one weight a column, of the same type", nameof(weight));
    }

    private sealed unsafe class Norm(double epsilon, bool branches) : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            Tensor x = inputs[0]!.contiguous(), weight = inputs[1]!.contiguous();
            long rows = x.size(0), width = x.size(1);
            var output = Buffers.Like(x);
            var scales = Buffers.Empty(ScalarType.Float32, CPU, rows);
            CpuKernels.Run(
                new RmsNormalizationForward((int)width, (float)epsilon)
                {
                    Input = (void*)TorchNatives.Address(x),
                    Weight = (void*)TorchNatives.Address(weight),
                    Output = (void*)TorchNatives.Address(output),
                    Scales = (float*)TorchNatives.Address(scales),
                },
                x.dtype, rows, width);
            if (IsRecorded) Save(x, weight, scales);
            return branches ? [x.detach(), output] : [output];
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            Tensor x = saved[0]!, weight = saved[1]!, scales = saved[2]!;
            long rows = x.size(0), width = x.size(1);
            var pass = branches ? gradients[0]?.contiguous() : null;
            if (gradients[^1] is not { } found) return [pass, null]; // only the rows went on
            var gradient = found.contiguous();
            var blocks = (rows + RmsNormalizationBackward.BlockRows - 1) / RmsNormalizationBackward.BlockRows;
            var dx = Wants(0) ? Buffers.Like(x) : null;
            var parts = Wants(1) ? zeros(blocks, width, dtype: ScalarType.Float32) : null;
            CpuKernels.Run(
                new RmsNormalizationBackward((int)rows, (int)width)
                {
                    Input = (void*)TorchNatives.Address(x),
                    Weight = (void*)TorchNatives.Address(weight),
                    Scales = (float*)TorchNatives.Address(scales),
                    Gradient = (void*)TorchNatives.Address(gradient),
                    Pass = pass is null ? null : (void*)TorchNatives.Address(pass),
                    InputGradient = dx is null ? null : (void*)TorchNatives.Address(dx),
                    WeightGradients = parts is null ? null : (float*)TorchNatives.Address(parts),
                },
                x.dtype, blocks, RmsNormalizationBackward.BlockRows * width);
            return [dx, parts?.sum([0]).to(weight.dtype)];
        }
    }
}
