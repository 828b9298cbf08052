using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Equality of dictionary keys as in Python: 1, 1.0 and True are the same key; lists and dictionaries are none.</summary>
internal sealed class KeyEquality : IEqualityComparer<object>
{
    public static readonly KeyEquality Instance = new();

    bool IEqualityComparer<object>.Equals(object? left, object? right)
        => left is string a ? right is string b && string.Equals(a, b, StringComparison.Ordinal) : Comparison.AreEqual(left, right);

    public int GetHashCode(object value) => value switch
    {
        string text => text.GetHashCode(StringComparison.Ordinal),
        bool flag => flag ? 1L.GetHashCode() : 0L.GetHashCode(),
        long number => number.GetHashCode(),
        // 1.0 and 1 are equal and so share a hash.
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => ((long)number).GetHashCode(),
        BigInteger number => ((double)number).GetHashCode(),
        TupleValue tuple => HashOf(tuple),
        ListValue or DictValue => throw JinjaFault.Type($"unhashable type: '{TypeName.Of(value)}'"),
        _ => value.GetHashCode(),
    };

    private int HashOf(TupleValue tuple)
    {
        var hash = new HashCode();
        foreach (var item in tuple.Items) hash.Add(item is null ? 0 : GetHashCode(item));
        return hash.ToHashCode();
    }
}
