using System.Buffers;
using Apache.Arrow.Memory;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>The memory of record batches, up to a limit for each: a header may claim anything.</summary>
internal sealed class BoundedMemory : MemoryAllocator
{
    /// <summary>The most memory that a record batch may take.</summary>
    public const long MaxBatchBytes = 4L << 30;

    private long _bytes;

    /// <summary>Begins a batch.</summary>
    public void Reset() => _bytes = 0;

    /// <inheritdoc/>
    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        _bytes += length;
        if (_bytes > MaxBatchBytes) throw new InvalidDataException($"it takes more than {MaxBatchBytes >> 30} GiB of memory");
        bytesAllocated = length;
        return new Block(length);
    }

    private sealed class Block(int length) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[length];

        public void Dispose() { }
    }
}
