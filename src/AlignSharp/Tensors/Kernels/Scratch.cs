using System.Runtime.InteropServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Working memory of a kernel on one thread, kept from call to call. A kernel asks once for all that it needs; nothing outlives the kernel.
/// </summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static Block? _block;

    /// <summary>Uninitialised float32 values, aligned to a cache line, valid until the thread asks again.</summary>
    /// <param name="count">How many.</param>
    public static float* Floats(long count)
    {
        if (_block is { } block && block.Count >= count) return block.Values;
        _block?.Dispose();
        _block = new Block(count);
        return _block.Values;
    }

    private sealed class Block(long count) : IDisposable
    {
        public long Count => count;

        public float* Values { get; } = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);

        // For threads that end.
        ~Block() => NativeMemory.AlignedFree(Values);

        public void Dispose()
        {
            NativeMemory.AlignedFree(Values);
            GC.SuppressFinalize(this);
        }
    }
}
