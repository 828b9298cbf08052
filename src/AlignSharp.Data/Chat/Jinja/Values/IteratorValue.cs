namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>A Python iterator: its elements come once, it has no length, and it is true even when nothing comes.</summary>
internal sealed class IteratorValue
{
    private const int MaxNesting = 100;
    private readonly IEnumerator<object?> _items;
    private readonly int _nesting;

    /// <summary>Begins to walk.</summary>
    /// <param name="typeName">What Python calls it.</param>
    /// <param name="items">The elements.</param>
    /// <param name="source">What they are taken from: an iterator over an iterator asks it for each of its elements, call by call.</param>
    public IteratorValue(string typeName, IEnumerable<object?> items, object? source = null)
    {
        TypeName = typeName;
        _items = items.GetEnumerator();
        _nesting = source is IteratorValue inner ? inner._nesting + 1 : 1;
        if (_nesting > MaxNesting) throw JinjaFault.Limit($"iterators nested deeper than {MaxNesting}");
    }

    public string TypeName { get; }

    public bool TryNext(out object? item)
    {
        var found = _items.MoveNext();
        item = found ? _items.Current : null;
        return found;
    }

    /// <summary>What is left.</summary>
    public IEnumerable<object?> Rest()
    {
        while (TryNext(out var item)) yield return item;
    }
}
