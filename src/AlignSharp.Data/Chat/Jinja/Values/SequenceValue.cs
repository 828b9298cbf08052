namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>A list or a tuple.</summary>
internal abstract class SequenceValue : ContainerValue
{
    private readonly object?[] _items;

    protected SequenceValue(object?[] items)
    {
        _items = items;
        foreach (var item in items) Hold(item);
    }

    public int Count => _items.Length;

    public object? this[int index] => _items[index];

    public ReadOnlySpan<object?> Items => _items;

    public IEnumerable<object?> All => _items;

    public abstract SequenceValue With(object?[] items);
}
