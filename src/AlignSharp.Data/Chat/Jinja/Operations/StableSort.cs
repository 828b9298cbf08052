namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>
/// Python's sorted: equal elements keep their order, also when reversed. .NET's sorts are of no use here: they wrap the faults
/// of a comparison, and a NaN, which has no order, can make them throw.
/// </summary>
internal static class StableSort
{
    public static object?[] By(object?[] items, Func<object?, object?> key, bool reverse)
    {
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToArray();
        // Reversed before and after: so equal elements stand as they stood.
        if (reverse) Array.Reverse(keyed);
        Sort(keyed, new (object?, object?)[keyed.Length]);
        if (reverse) Array.Reverse(keyed);
        return [.. keyed.Select(pair => pair.Item)];
    }

    private static void Sort(Span<(object? Key, object? Item)> items, Span<(object? Key, object? Item)> merged)
    {
        if (items.Length < 2) return;
        var half = items.Length / 2;
        var (left, right) = (half, items.Length);
        Sort(items[..half], merged[..half]);
        Sort(items[half..], merged[half..]);
        for (int i = 0, j = half, to = 0; to < items.Length; to++)
        {
            var takeRight = i == left || (j < right && Comparison.Order(items[j].Key, items[i].Key) < 0);
            merged[to] = takeRight ? items[j++] : items[i++];
        }
        merged.CopyTo(items);
    }
}
