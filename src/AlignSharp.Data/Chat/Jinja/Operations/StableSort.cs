namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>
/// Python's sorted: equal elements keep their order, also when reversed. .NET's sorts are of no use here: they wrap the faults
/// of a comparison, and a NaN, which has no order, can make them throw.
/// </summary>
internal static class StableSort
{
    public static object?[] By(object?[] items, Func<object?, object?> key, bool reverse, Rendering rendering)
    {
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToArray();
        // Reversed before and after: so equal elements stand as they stood.
        if (reverse) Array.Reverse(keyed);
        Sort(keyed, new (object?, object?)[keyed.Length], rendering);
        if (reverse) Array.Reverse(keyed);
        return [.. keyed.Select(pair => pair.Item)];
    }

    private static void Sort(Span<(object? Key, object? Item)> items, Span<(object? Key, object? Item)> merged, Rendering rendering)
    {
        if (items.Length < 2) return;
        var half = items.Length / 2;
        var (left, right) = (half, items.Length);
        Sort(items[..half], merged[..half], rendering);
        Sort(items[half..], merged[half..], rendering);
        for (int i = 0, j = half, to = 0; to < items.Length; to++)
        {
            var takeRight = i == left || (j < right && IsBefore(items[j].Key, items[i].Key, rendering));
            merged[to] = takeRight ? items[j++] : items[i++];
        }
        merged.CopyTo(items);
    }

    private static bool IsBefore(object? left, object? right, Rendering rendering)
    {
        rendering.Spend();
        rendering.SpendOnAll(left);
        return Comparison.Order(left, right) < 0;
    }
}
