using System.Runtime.InteropServices;

namespace AlignSharp.Runtime;

/// <summary>
/// Native memory for the large, short-lived tensors of a step. The C library gives big blocks back to the system when they are freed,
/// and every page that comes again costs a fault: on virtual machines more than the arithmetic that fills it. Here blocks are cut
/// from large slabs on huge pages and come back to them, so that a step finds the pages of the step before.
/// </summary>
/// <remarks>Best fit with neighbours joined, so that batches of changing size leave no gaps. Thread-safe: tensors may be freed by the finalizer.</remarks>
internal sealed partial class SlabMemory
{
    /// <summary>Alignment of every block, a cache line and a 512-bit vector.</summary>
    public const int Alignment = 64;

    /// <summary>Size of a slab, unless a single block needs more.</summary>
    public const long SlabBytes = 64L << 20;
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private readonly Lock _gate = new();
    private readonly Dictionary<nint, Block> _used = [];
    private readonly SortedSet<Block> _free = new(BySize.Instance);

    /// <summary>The process's memory, as malloc is the process's.</summary>
    public static SlabMemory Shared { get; } = new();

    /// <summary>Bytes of all slabs.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Bytes of the blocks that are lent out.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The most that was lent out since <see cref="ForgetPeak"/>.</summary>
    public long PeakUsedBytes { get; private set; }

    /// <summary>Begins a new peak with what is lent out now.</summary>
    public void ForgetPeak()
    {
        lock (_gate) PeakUsedBytes = UsedBytes;
    }

    /// <summary>Lends a block; its contents are whatever they were.</summary>
    /// <param name="bytes">Size, above 0.</param>
    /// <exception cref="OutOfMemoryException">The system has no more.</exception>
    public nint Rent(long bytes)
    {
        var size = (bytes + Alignment - 1) / Alignment * Alignment;
        lock (_gate)
        {
            var block = SmallestThatFits(size) ?? NewSlab(size);
            if (block.Size > size) _free.Add(block.SplitOff(size));
            _used.Add(block.Address, block);
            UsedBytes += block.Size;
            PeakUsedBytes = Math.Max(PeakUsedBytes, UsedBytes);
            return block.Address;
        }
    }

    /// <summary>Takes a block back.</summary>
    /// <param name="address">What <see cref="Rent"/> returned.</param>
    public void Return(nint address)
    {
        lock (_gate)
        {
            if (!_used.Remove(address, out var block)) throw new InvalidOperationException("This block was not lent, or it was returned before");
            UsedBytes -= block.Size;
            if (block.Next is { } next && _free.Remove(next)) block.Absorb(next);
            if (block.Previous is { } previous && _free.Remove(previous))
            {
                previous.Absorb(block);
                block = previous;
            }
            _free.Add(block);
        }
    }

    /// <summary>Gives slabs that hold nothing back to the system.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            foreach (var block in _free.Where(block => block.IsWholeSlab).ToArray())
            {
                _free.Remove(block);
                ReservedBytes -= block.Size;
                Release(block.Address);
            }
        }
    }

    private Block? SmallestThatFits(long size)
    {
        var found = _free.GetViewBetween(new Block(0, size), new Block(nint.MaxValue, long.MaxValue)).Min;
        if (found is not null) _free.Remove(found);
        return found;
    }

    private Block NewSlab(long size)
    {
        var bytes = Math.Max(SlabBytes, (size + HugePage - 1) / HugePage * HugePage);
        var slab = new Block(Reserve(bytes), bytes);
        ReservedBytes += bytes;
        return slab;
    }

    private static unsafe nint Reserve(long bytes)
    {
        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        // Only advice: where it is refused the pages are small, as malloc's are.
        if (OperatingSystem.IsLinux()) _ = Advise(address, (nuint)bytes, AdviseHugePages);
        return address;
    }

    private static unsafe void Release(nint address) => NativeMemory.AlignedFree((void*)address);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);

    // A stretch of a slab, linked with its neighbours there.
    private sealed class Block(nint address, long size)
    {
        public nint Address => address;

        public long Size { get; private set; } = size;

        public Block? Previous { get; private set; }

        public Block? Next { get; private set; }

        public bool IsWholeSlab => Previous is null && Next is null;

        public Block SplitOff(long keep)
        {
            var rest = new Block(Address + (nint)keep, Size - keep) { Previous = this, Next = Next };
            if (Next is not null) Next.Previous = rest;
            (Next, Size) = (rest, keep);
            return rest;
        }

        public void Absorb(Block next)
        {
            Size += next.Size;
            Next = next.Next;
            if (Next is not null) Next.Previous = this;
        }
    }

    private sealed class BySize : IComparer<Block>
    {
        public static readonly BySize Instance = new();

        public int Compare(Block? x, Block? y) => (x!.Size, x.Address).CompareTo((y!.Size, y.Address));
    }
}
