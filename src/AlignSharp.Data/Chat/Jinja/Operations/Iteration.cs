using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>What a value gives when it is walked through.</summary>
internal static class Iteration
{
    public static bool IsIterable(object? value)
        => value is string or SequenceValue or DictValue or ViewValue or RangeValue or IteratorValue or Undefined;

    /// <summary>The elements; each is a step.</summary>
    public static IEnumerable<object?> Over(object? value, Rendering rendering)
    {
        var items = value switch
        {
            SequenceValue sequence => sequence.All,
            string text => CodePoints.Each(text),
            DictValue dict => dict.Keys,
            ViewValue view => view.All,
            RangeValue range => range.All,
            IteratorValue iterator => iterator.Rest(),
            Undefined => [],
            _ => throw JinjaFault.Type($"'{TypeName.Of(value)}' object is not iterable"),
        };
        return Counted(items, rendering);
    }

    /// <summary>All elements at once.</summary>
    public static object?[] ToArray(object? value, Rendering rendering)
    {
        if (value is not SequenceValue sequence) return [.. Over(value, rendering)];
        rendering.Spend(sequence.Count);
        return sequence.Items.ToArray();
    }

    /// <summary>Python's len, or null where there is none.</summary>
    public static long? Length(object? value) => value switch
    {
        string text => CodePoints.Count(text),
        SequenceValue sequence => sequence.Count,
        DictValue dict => dict.Count,
        ViewValue view => view.Count,
        RangeValue range => range.Count,
        Undefined => 0,
        _ => null,
    };

    private static IEnumerable<object?> Counted(IEnumerable<object?> items, Rendering rendering)
    {
        foreach (var item in items)
        {
            rendering.Spend();
            yield return item;
        }
    }
}
