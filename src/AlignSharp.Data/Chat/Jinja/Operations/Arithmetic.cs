using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Python's arithmetic operators.</summary>
internal static class Arithmetic
{
    public static object? Apply(string sign, object? left, object? right, Rendering rendering)
    {
        if (left is Undefined missing) throw missing.Fault();
        if (sign == "+" && left is string text && right is string more)
        {
            rendering.CheckLength((long)text.Length + more.Length);
            return rendering.Made(text + more);
        }
        if (sign == "%" && left is string format) return rendering.Made(PercentFormat.Apply(format, right, rendering));
        if (right is Undefined absent) throw absent.Fault();
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right)) return Calculate(sign, left, right, rendering);
        return sign switch
        {
            "+" => Join(left, right, rendering),
            "*" when Numbers.IsInteger(right) && left is string or SequenceValue => Repeat(left, right, rendering),
            "*" when Numbers.IsInteger(left) && right is string or SequenceValue => Repeat(right, left, rendering),
            _ => throw Unsupported(sign, left, right),
        };
    }

    public static object Negate(object? value) => value switch
    {
        double number => -number,
        Undefined missing => throw missing.Fault(),
        _ when Numbers.IsInteger(value) => Numbers.Shrink(-Numbers.ToBig(value)),
        _ => throw JinjaFault.Type($"bad operand type for unary -: '{TypeName.Of(value)}'"),
    };

    public static object Plus(object? value) => value switch
    {
        double => value,
        Undefined missing => throw missing.Fault(),
        _ when Numbers.IsInteger(value) => Numbers.Shrink(Numbers.ToBig(value)),
        _ => throw JinjaFault.Type($"bad operand type for unary +: '{TypeName.Of(value)}'"),
    };

    private static object Calculate(string sign, object? left, object? right, Rendering rendering)
    {
        if (sign == "/") return Divide(left, right);
        if (left is double || right is double) return OnFloats(sign, Numbers.ToDouble(left), Numbers.ToDouble(right));
        // Fast path: nearly every sum in a template is of small integers.
        if (left is long a and > int.MinValue and < int.MaxValue && right is long b and > int.MinValue and < int.MaxValue)
            switch (sign)
            {
                case "+": return a + b;
                case "-": return a - b;
                case "*": return a * b;
            }
        // Multiplying takes the product of the lengths, adding their sum.
        if (left is BigInteger || right is BigInteger)
            rendering.Spend((ContainerValue.WeightOf(left) + ContainerValue.WeightOf(right)) / 16 + ContainerValue.WeightOf(left) * ContainerValue.WeightOf(right) / 256);
        return OnIntegers(sign, Numbers.ToBig(left), Numbers.ToBig(right));
    }

    private static object Divide(object? left, object? right)
    {
        var divisor = Numbers.ToDouble(right);
        return divisor == 0 ? throw JinjaFault.Value(left is double || right is double ? "float division by zero" : "division by zero") : (object)(Numbers.ToDouble(left) / divisor);
    }

    private static double OnFloats(string sign, double left, double right)
    {
        if (right == 0 && sign is ("//" or "%")) throw JinjaFault.Value(sign == "%" ? "float modulo" : "float floor division by zero");
        return sign switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "//" => Math.Floor(left / right),
            "%" => Modulo(left, right),
            _ => left == 0 && right < 0 ? throw JinjaFault.Value("0.0 cannot be raised to a negative power") : Math.Pow(left, right),
        };
    }

    /// <summary>The remainder takes the sign of the divisor.</summary>
    private static double Modulo(double left, double right)
    {
        var rest = left % right;
        return rest != 0 && rest < 0 != right < 0 ? rest + right : rest;
    }

    private static object OnIntegers(string sign, BigInteger left, BigInteger right)
    {
        if (right.IsZero && sign is ("//" or "%")) throw JinjaFault.Value(sign == "%" ? "integer modulo by zero" : "integer division or modulo by zero");
        return sign switch
        {
            "+" => Numbers.Shrink(left + right),
            "-" => Numbers.Shrink(left - right),
            "*" => Numbers.Shrink(left * right),
            "//" => Numbers.Shrink(Floor(left, right)),
            "%" => Numbers.Shrink(left - Floor(left, right) * right),
            _ => Power(left, right),
        };
    }

    private static BigInteger Floor(BigInteger left, BigInteger right)
    {
        var quotient = BigInteger.DivRem(left, right, out var rest);
        return !rest.IsZero && rest.Sign != right.Sign ? quotient - 1 : quotient;
    }

    private static object Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0) return left.IsZero ? throw JinjaFault.Value("0.0 cannot be raised to a negative power") : (object)Math.Pow((double)left, (double)right);
        if (BigInteger.Abs(left) > 1 && right * left.GetBitLength() > 65536) throw JinjaFault.Limit("a power of more than 65536 bits");
        // 0, 1 and -1 repeat, however large the exponent is.
        return Numbers.Shrink(BigInteger.Abs(left) > 1 ? BigInteger.Pow(left, (int)right) : right.IsZero || (left.Sign < 0 && right.IsEven) ? 1 : left);
    }

    private static SequenceValue Join(object? left, object? right, Rendering rendering) => (left, right) switch
    {
        (SequenceValue a, SequenceValue b) when a.GetType() == b.GetType() => Joined(a, b, rendering),
        (string, _) => throw JinjaFault.Type($"can only concatenate str (not \"{TypeName.Of(right)}\") to str"),
        (SequenceValue, _) => throw JinjaFault.Type($"can only concatenate {TypeName.Of(left)} (not \"{TypeName.Of(right)}\") to {TypeName.Of(left)}"),
        _ => throw Unsupported("+", left, right),
    };

    private static SequenceValue Joined(SequenceValue left, SequenceValue right, Rendering rendering)
    {
        rendering.Spend((long)left.Count + right.Count);
        return left.With([.. left.Items, .. right.Items]);
    }

    private static object Repeat(object? value, object? count, Rendering rendering)
    {
        var times = Math.Max(0, Numbers.ToInt64(count));
        if (value is string text)
        {
            rendering.CheckLength(text.Length == 0 ? 0 : (long)Math.Min(times * (double)text.Length, long.MaxValue / 2));
            return rendering.Made(text.Length == 0 ? "" : string.Concat(Enumerable.Repeat(text, (int)times)));
        }
        var sequence = (SequenceValue)value!;
        rendering.CheckCount(sequence.Count == 0 ? 0 : (long)Math.Min(times * (double)sequence.Count, long.MaxValue / 2));
        if (sequence.Count == 0) return sequence;
        rendering.Spend(times * sequence.Count);
        return sequence.With([.. Enumerable.Repeat(sequence.All, (int)times).SelectMany(items => items)]);
    }

    private static JinjaFault Unsupported(string sign, object? left, object? right)
    {
        var name = sign == "**" ? "** or pow()" : sign;
        return sign == "*" && (left is string or SequenceValue || right is string or SequenceValue)
            ? JinjaFault.Type($"can't multiply sequence by non-int of type '{TypeName.Of(left is string or SequenceValue ? right : left)}'")
            : JinjaFault.Type($"unsupported operand type(s) for {name}: '{TypeName.Of(left)}' and '{TypeName.Of(right)}'");
    }
}
