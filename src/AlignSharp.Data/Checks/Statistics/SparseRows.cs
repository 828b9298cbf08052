namespace AlignSharp.Data.Checks.Statistics;

/// <summary>Rows of features, one after the other in blocks, without an object for each.</summary>
internal sealed class SparseRows
{
    private const int BlockSize = 1 << 20;

    private readonly List<uint[]> _blocks = [];
    private readonly List<(int Block, int Start, int Length)> _rows = [];
    private int _used = BlockSize;

    public int Count => _rows.Count;

    /// <summary>Features of all rows.</summary>
    public long Features { get; private set; }

    public ReadOnlySpan<uint> this[int row]
    {
        get
        {
            var (block, start, length) = _rows[row];
            return _blocks[block].AsSpan(start, length);
        }
    }

    public void Add(ReadOnlySpan<uint> features)
    {
        if (_used + features.Length > BlockSize)
        {
            _blocks.Add(new uint[Math.Max(BlockSize, features.Length)]);
            _used = 0;
        }
        features.CopyTo(_blocks[^1].AsSpan(_used));
        _rows.Add((_blocks.Count - 1, _used, features.Length));
        _used += features.Length;
        Features += features.Length;
    }
}
