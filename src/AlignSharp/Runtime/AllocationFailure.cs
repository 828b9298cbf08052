using System.Runtime.InteropServices;

namespace AlignSharp.Runtime;

/// <summary>Tells a failed allocation from the other errors that libtorch reports.</summary>
public static class AllocationFailure
{
    // How libtorch reports failed allocations: its CPU allocator, its CUDA allocator.
    private static readonly string[] Reports = ["DefaultCPUAllocator: can't allocate memory", "not enough memory: you tried to allocate", "CUDA out of memory"];

    /// <summary>Whether memory, of the machine or the GPU, ran out.</summary>
    /// <param name="fault">What was thrown.</param>
    public static bool Is(Exception fault) => fault is OutOfMemoryException
        || (fault is ExternalException && Reports.Any(words => fault.Message.Contains(words, StringComparison.Ordinal)));
}
