using System.Runtime.InteropServices;
using AlignSharp.Tensors.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors.Kernels;

/// <summary>Inputs and outputs of a kernel in native memory, each between two fences that must not be written to.</summary>
/// <param name="type">How activations are stored.</param>
internal sealed unsafe class KernelMemory(ScalarType type) : IDisposable
{
    private const int FenceBytes = 192;
    private const byte Fence = 0xA5;

    private readonly List<(nint Start, int Bytes, bool IsOutput)> _blocks = [];

    /// <summary>Bytes of an activation.</summary>
    public int ElementBytes => type == ScalarType.BFloat16 ? 2 : 4;

    /// <summary>Normal numbers as activations.</summary>
    public byte* Numbers(int count, int seed)
    {
        var to = Block(count * ElementBytes, isOutput: false);
        Fill(to, count, seed);
        return to;
    }

    /// <summary>Activations to be written, or to be changed: normal numbers at first.</summary>
    public byte* Output(int count, int seed = 99)
    {
        var to = Block(count * ElementBytes, isOutput: true);
        Fill(to, count, seed);
        return to;
    }

    /// <summary>float32 numbers, normal or the absolute values of such.</summary>
    public float* Floats(int count, int seed, bool isPositive = false)
    {
        var to = (float*)Block(count * sizeof(float), isOutput: false);
        var random = new Random(seed);
        for (var i = 0; i < count; i++) to[i] = isPositive ? Math.Abs(Normal(random)) : Normal(random);
        return to;
    }

    /// <summary>Memory to be written, zeros at first.</summary>
    public T* Results<T>(int count) where T : unmanaged
    {
        var to = Block(count * sizeof(T), isOutput: true);
        new Span<byte>(to, count * sizeof(T)).Clear();
        return (T*)to;
    }

    /// <summary>Indices below a number.</summary>
    public long* Indices(int count, int below, int seed)
    {
        var to = (long*)Block(count * sizeof(long), isOutput: false);
        var random = new Random(seed);
        for (var i = 0; i < count; i++) to[i] = random.Next(below);
        return to;
    }

    /// <summary>All that was written.</summary>
    public byte[] Written()
    {
        var all = new List<byte>();
        foreach (var (start, bytes, isOutput) in _blocks)
        {
            Assert.Equal(-1, new ReadOnlySpan<byte>((byte*)start - FenceBytes, FenceBytes).IndexOfAnyExcept(Fence));
            Assert.Equal(-1, new ReadOnlySpan<byte>((byte*)start + bytes, FenceBytes).IndexOfAnyExcept(Fence));
            if (isOutput) all.AddRange(new ReadOnlySpan<byte>((byte*)start, bytes));
        }
        return [.. all];
    }

    public void Dispose()
    {
        foreach (var (start, _, _) in _blocks) NativeMemory.Free((byte*)start - FenceBytes);
    }

    private void Fill(byte* to, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            if (type == ScalarType.BFloat16) Bfloat16Element.Set(to, i, Normal(random));
            else Float32Element.Set(to, i, Normal(random));
        }
    }

    private byte* Block(int bytes, bool isOutput)
    {
        var all = (byte*)NativeMemory.Alloc((nuint)(bytes + 2 * FenceBytes));
        new Span<byte>(all, bytes + 2 * FenceBytes).Fill(Fence);
        _blocks.Add(((nint)(all + FenceBytes), bytes, isOutput));
        return all + FenceBytes;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
