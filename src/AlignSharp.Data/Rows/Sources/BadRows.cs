using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Rows that a pass over a data set could not use.</summary>
public sealed class BadRows
{
    private const int MostNamed = 5;
    private readonly List<string> _first = [];

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    /// <summary>What was wrong with the first of them, a line each.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Receives every one as it is met, after it was counted; null for nothing.</summary>
    public Action<DatasetException>? Met { get; init; }

    internal void Add(DatasetException fault)
    {
        Count++;
        if (_first.Count < MostNamed) _first.Add(fault.Message);
        Met?.Invoke(fault);
    }

    /// <summary>Lines that name them; none where there were none.</summary>
    /// <param name="name">What the data set is called.</param>
    public IEnumerable<string> Lines(string name)
    {
        if (Count == 0) yield break;
        yield return $"{name}: {Count} rows passed over (on_bad_row: skip)";
        foreach (var line in _first) yield return $"  {line}";
        if (Count > _first.Count) yield return $"  and {Count - _first.Count} more";
    }
}
