using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AlignSharp.Runtime;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Normal numbers on the CPU that depend on a seed and a name alone: neither on what was drawn before, nor on threads or processors.</summary>
internal static class RandomNormal
{
    /// <summary>Draws a tensor.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">float32, bfloat16, or a type that float32 is rounded to.</param>
    /// <param name="deviation">Standard deviation; the mean is 0.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="name">Tensors of different names have different numbers.</param>
    /// <returns>Owned by the caller's scope.</returns>
    public static unsafe Tensor Create(ReadOnlySpan<long> shape, ScalarType type, double deviation, long seed, string name)
    {
        var key = KeyOf(seed, name);
        var count = 1L;
        foreach (var size in shape) count *= size;
        if (!TorchNatives.AreThere || !CpuKernels.Stores(type)) return CreateFromArray(shape.ToArray(), type, deviation, key);
        var tensor = Buffers.Empty(type, CPU, shape);
        Fill((byte*)TorchNatives.Address(tensor), type, count, deviation, key);
        return tensor;
    }

    /// <summary>The same numbers, through an array of float32.</summary>
    internal static unsafe Tensor CreateFromArray(long[] shape, ScalarType type, double deviation, ulong key)
    {
        using var scope = NewDisposeScope();
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        fixed (float* address = values) Fill((byte*)address, ScalarType.Float32, values.LongLength, deviation, key);
        return tensor(values, shape).to(type).MoveToOuterDisposeScope();
    }

    /// <summary>What a seed and a name stand for: the first eight bytes of their hash.</summary>
    internal static ulong KeyOf(long seed, string name) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}:{name}"))));

    private static unsafe void Fill(byte* to, ScalarType type, long count, double deviation, ulong key) => CpuKernels.Run(
        new NormalFilling(count, (float)deviation, key) { Output = to },
        type, (count + NormalFilling.BlockElements - 1) / NormalFilling.BlockElements, NormalFilling.BlockElements * NormalFilling.Work);
}
