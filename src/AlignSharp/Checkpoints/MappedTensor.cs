using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>
/// Tensors whose memory is a part of a file: nothing is copied, pages are read when they are used and given back when memory is short. What is written to such a
/// tensor stays in the process. The file must not be cut while the tensor lives.
/// </summary>
internal static unsafe class MappedTensor
{
    // Each tensor has a mapping of its own, so an address is one tensor's; the pointer is handed back when its storage dies.
    private static readonly ConcurrentDictionary<nint, MemoryMappedViewAccessor> Views = new();

    /// <summary>Maps a part of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">Shape; above 0 elements.</param>
    /// <returns>On the CPU, contiguous; owned by the caller's scope.</returns>
    public static Tensor Of(FileStream file, long offset, ScalarType type, long[] shape)
    {
        var bytes = shape.Aggregate((long)type.ElementSize(), (product, size) => product * size);
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = map.CreateViewAccessor(offset, bytes, MemoryMappedFileAccess.CopyOnWrite);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var address = (nint)(start + view.PointerOffset);
        Views[address] = view;
        return TorchNatives.Over(address, shape, type, &Release);
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static void Release(nint address)
    {
        if (!Views.TryRemove(address, out var view)) return;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }
}
