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
        bool flag => OfInteger(flag ? 1 : 0),
        long number => OfInteger(number),
        // 1.0 and 1 are equal and so share a hash.
        double number when double.IsInteger(number) => Math.Abs(number) < 9.2e18 ? OfInteger((long)number) : new BigInteger(number).GetHashCode(),
        BigInteger number => number.GetHashCode(),
        TupleValue tuple => HashOf(tuple),
        ListValue or DictValue => throw JinjaFault.Type($"unhashable type: '{TypeName.Of(value)}'"),
        _ => value.GetHashCode(),
    };

    /// <summary>Stirred with a number of this process: .NET's own hash lets a template choose keys that all collide.</summary>
    private static int OfInteger(long number) => HashCode.Combine(number);

    private int HashOf(TupleValue tuple)
    {
        var hash = new HashCode();
        foreach (var item in tuple.Items) hash.Add(item is null ? 0 : GetHashCode(item));
        return hash.ToHashCode();
    }
}
