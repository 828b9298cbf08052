using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Which values count as true.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        SequenceValue sequence => sequence.Count > 0,
        DictValue dict => dict.Count > 0,
        ViewValue view => view.Count > 0,
        RangeValue range => range.Count > 0,
        _ => true,
    };
}
