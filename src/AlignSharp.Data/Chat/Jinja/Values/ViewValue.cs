namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>What dict.keys(), dict.values() and dict.items() give.</summary>
internal sealed class ViewValue(string typeName, int count, IEnumerable<object?> items)
{
    public string TypeName => typeName;

    public int Count => count;

    public IEnumerable<object?> All => items;
}
