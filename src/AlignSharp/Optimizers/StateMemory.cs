using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>Where states live: with their parameter, or, paged, in a mapped file (of parameters on the CPU) or in pinned host memory (of those on a GPU).</summary>
internal sealed class StateMemory : IDisposable
{
    // Where a page starts is a vector's and a cache line's start too.
    private const int Alignment = 64;

    private readonly PagedMemory? _paged;
    private nint _next;

    /// <summary>Reserves what the paged states of parameters on the CPU need.</summary>
    /// <param name="states">All states that will be asked for, with the device of their parameter.</param>
    /// <param name="folder">Where the mapped file is made; null for the system's folder of temporary files.</param>
    /// <exception cref="DiskFullException">They do not fit on the disk.</exception>
    public StateMemory(IEnumerable<(StateLayout Layout, Device Device)> states, string? folder)
    {
        var bytes = states.Where(state => IsMapped(state.Layout, state.Device)).Sum(state => Aligned(state.Layout.Bytes));
        if (bytes == 0) return;
        if (!TorchNatives.AreThere) throw new ConfigurationException("optim: this libtorch cannot keep states in a mapped file; choose the optimizer without paged_");
        _paged = new PagedMemory(folder ?? Path.GetTempPath(), bytes, "paged optimizer states");
        _next = _paged.Address;
    }

    /// <summary>A state of zeros.</summary>
    /// <param name="layout">One of those that were announced.</param>
    /// <param name="device">Its parameter's device.</param>
    /// <returns>Owned by the caller, and dead with this memory.</returns>
    public Tensor Zeros(StateLayout layout, Device device)
    {
        long[] sizes = [.. layout.Sizes];
        if (!layout.IsPaged) return zeros(sizes, dtype: layout.Type, device: device).DetachFromDisposeScope();
        if (!IsMapped(layout, device))
        {
            using var scope = NewDisposeScope();
            return zeros(sizes, dtype: layout.Type).pin_memory().DetachFromDisposeScope();
        }
        var state = TorchNatives.Over(_next, sizes, layout.Type).DetachFromDisposeScope();
        _next += (nint)Aligned(layout.Bytes);
        return state;
    }

    /// <inheritdoc/>
    public void Dispose() => _paged?.Dispose();

    private static bool IsMapped(StateLayout layout, Device device) => layout.IsPaged && device.type == DeviceType.CPU;

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
