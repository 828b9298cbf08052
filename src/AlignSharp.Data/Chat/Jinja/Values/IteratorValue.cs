namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>A Python iterator: its elements come once, it has no length, and it is true even when nothing comes.</summary>
internal sealed class IteratorValue(string typeName, IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> _items = items.GetEnumerator();

    public string TypeName => typeName;

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
