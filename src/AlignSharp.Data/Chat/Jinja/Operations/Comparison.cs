using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's comparison operators.</summary>
internal static class Comparison
{
    public static bool Apply(string sign, object? left, object? right, Rendering rendering)
    {
        // What is compared is read once; texts of different lengths are not.
        if (left is not string text || right is not string other || text.Length == other.Length) rendering.SpendOnAll(left);
        return sign switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "in" => Contains(right, left, rendering),
            "not in" => !Contains(right, left, rendering),
            "<" => Order(left, right, sign) < 0,
            ">" => Order(left, right, sign) > 0,
            // A NaN is neither.
            "<=" => Order(left, right, sign) is <= 0,
            _ => Order(left, right, sign) is >= 0,
        };
    }

    public static bool AreEqual(object? left, object? right)
    {
        if (ReferenceEquals(left, right)) return true;
        return (left, right) switch
        {
            (null, _) or (_, null) => false,
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (long a, long b) => a == b,
            (Undefined, Undefined) => true,
            (ListValue a, ListValue b) => SameItems(a, b),
            (TupleValue a, TupleValue b) => SameItems(a, b),
            (DictValue a, DictValue b) => a.Count == b.Count && a.Members.All(member => b.TryGet(member.Key, out var other) && AreEqual(member.Value, other)),
            (RangeValue a, RangeValue b) => a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Step == b.Step))),
            _ when Numbers.IsNumber(left) && Numbers.IsNumber(right) => CompareNumbers(left, right) == 0,
            _ => false,
        };
    }

    /// <summary>Below zero, zero or above; null where a NaN is compared.</summary>
    public static int? Order(object? left, object? right, string sign = "<")
    {
        if (left is Undefined missing) throw missing.Fault();
        if (right is Undefined absent) throw absent.Fault();
        return (left, right) switch
        {
            (string a, string b) => CodePoints.Compare(a, b),
            (ListValue a, ListValue b) => OrderItems(a, b, sign),
            (TupleValue a, TupleValue b) => OrderItems(a, b, sign),
            _ when Numbers.IsNumber(left) && Numbers.IsNumber(right) => CompareNumbers(left, right),
            _ => throw JinjaFault.Type($"'{sign}' not supported between instances of '{TypeName.Of(left)}' and '{TypeName.Of(right)}'"),
        };
    }

    public static bool Contains(object? container, object? value, Rendering rendering)
    {
        switch (container)
        {
            case string text:
                if (value is Undefined missing) throw missing.Fault();
                if (value is not string part) throw JinjaFault.Type($"'in <string>' requires string as left operand, not {TypeName.Of(value)}");
                rendering.SpendOn(text);
                return TextSearch.First(text, part) >= 0;
            case DictValue dict:
                return dict.TryGet(value, out _);
            case null or bool or long or double or BigInteger:
                throw JinjaFault.Type($"argument of type '{TypeName.Of(container)}' is not iterable");
            default:
                foreach (var item in Iteration.Over(container, rendering))
                {
                    if (value is ContainerValue && item is ContainerValue) rendering.SpendOnAll(item);
                    if (AreEqual(item, value)) return true;
                }
                return false;
        }
    }

    private static bool SameItems(SequenceValue left, SequenceValue right)
    {
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
            if (!AreEqual(left[i], right[i])) return false;
        return true;
    }

    private static int? OrderItems(SequenceValue left, SequenceValue right, string sign)
    {
        for (var i = 0; i < left.Count && i < right.Count; i++)
            if (!AreEqual(left[i], right[i])) return Order(left[i], right[i], sign);
        return left.Count.CompareTo(right.Count);
    }

    private static int? CompareNumbers(object? left, object? right)
    {
        if (left is not double && right is not double) return Numbers.ToBig(left).CompareTo(Numbers.ToBig(right));
        var (a, b) = (Numbers.ToDouble(left), Numbers.ToDouble(right));
        return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
    }
}
