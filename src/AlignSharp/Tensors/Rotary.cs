using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the half-split form that Hugging Face checkpoints are stored for.</summary>
public static class Rotary
{
    /// <summary>Rotates the pair (x[j], x[j + headDim/2]) of every head by the angle of its position.</summary>
    /// <param name="queries"><c>[tokens, heads, headDim]</c>.</param>
    /// <param name="keys"><c>[tokens, kvHeads, headDim]</c>.</param>
    /// <param name="tables">Cosines and sines for the same tokens.</param>
    /// <returns>The rotated queries and keys, owned by the caller's scope.</returns>
    /// <exception cref="ArgumentException">Queries, keys and tables do not fit each other.</exception>
    public static (Tensor Queries, Tensor Keys) Apply(Tensor queries, Tensor keys, RotaryTables tables)
    {
        Check(queries, keys, tables.Cosines);
        Check(queries, keys, tables.Sines);
        if (!CpuKernels.Handle(queries)) return (Compose(queries, tables), Compose(keys, tables));
        return Operation.Apply(new Rotation(tables), queries, keys) is [var rotatedQueries, var rotatedKeys] ? (rotatedQueries, rotatedKeys) : throw new InvalidOperationException();
    }

    // x·cos + rotateHalf(x)·sin, the tables in the type of x as transformers has them.
    private static Tensor Compose(Tensor x, RotaryTables tables)
    {
        using var scope = NewDisposeScope();
        var half = x.shape[^1] / 2;
        Tensor Both(Tensor table) => cat([table, table], -1).unsqueeze(1).to(x.dtype); // [tokens, 1, headDim]
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * Both(tables.Cosines)).Plus(turned * Both(tables.Sines)).MoveToOuterDisposeScope();
    }

    private static void Check(Tensor queries, Tensor keys, Tensor table)
    {
        if (queries.dim() != 3 || keys.dim() != 3 || queries.dtype != keys.dtype || queries.size(0) != keys.size(0) || queries.size(2) != keys.size(2)
            || table.dtype != ScalarType.Float32 || !table.is_contiguous() || !TorchNatives.Shape(table).SequenceEqual([queries.size(0), queries.size(2) / 2]) || queries.size(2) % 2 != 0)
            throw new ArgumentException($"Queries {ShapeCheck.Describe(queries)}, keys {ShapeCheck.Describe(keys)} and a table {ShapeCheck.Describe(table)} do not fit each other; expected [tokens, heads, headDim] and [tokens, kvHeads, headDim] of one type, headDim even, and contiguous Float32 [tokens, headDim / 2]", nameof(keys));
    }

    private sealed class Rotation(RotaryTables tables) : Operation
    {
        internal override Tensor[] Forward(Tensor?[] inputs)
        {
            if (IsRecorded) Save(tables.Cosines, tables.Sines);
            return Rotate([inputs[0]!, inputs[1]!], tables, back: false);
        }

        internal override Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved)
        {
            var there = Array.FindAll(gradients, gradient => gradient is not null);
            var turned = Rotate(Array.ConvertAll(there, gradient => gradient!), new RotaryTables(saved[0]!, saved[1]!), back: true);
            return gradients[0] is null ? [null, turned[0]] : [turned[0], gradients[1] is null ? null : turned[1]];
        }

        private static unsafe Tensor[] Rotate(Tensor[] inputs, RotaryTables tables, bool back)
        {
            var from = Array.ConvertAll(inputs, input => input.contiguous());
            var to = Array.ConvertAll(from, Buffers.Like);
            long tokens = from[0].size(0), width = from[0].size(2);
            CpuKernels.Run(
                new RotaryRotation((int)width / 2, back)
                {
                    Cosines = (float*)TorchNatives.Address(tables.Cosines),
                    Sines = (float*)TorchNatives.Address(tables.Sines),
                    Parts = [.. from.Zip(to, (source, target) => ((int)source.size(1), TorchNatives.Address(source), TorchNatives.Address(target)))],
                },
                from[0].dtype, tokens, from.Sum(input => input.size(1)) * width, CpuKernels.WidestBelow(width / 2));
            return to;
        }
    }
}
