using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>What is kept of every training pair: its place and keys, 40 bytes.</summary>
internal sealed class PairLog
{
    private readonly List<RowPosition> _sources = [];
    private readonly List<PairKeys> _keys = [];

    public int Count => _sources.Count;

    public IReadOnlyList<RowPosition> Sources => _sources;

    public IReadOnlyList<PairKeys> Keys => _keys;

    public void Add(PairView pair)
    {
        _sources.Add(pair.Pair.Source);
        _keys.Add(pair.Keys);
    }
}
