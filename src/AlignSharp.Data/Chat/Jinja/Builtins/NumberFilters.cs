using System.Numerics;
using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Builtins;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    public static object? Integer(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "default", "base");
        // Reading an integer takes time that grows with the square of its digits.
        if (self is string { Length: <= Numbers.MaxDigits } number) rendering.Spend(number.Length * (long)number.Length / 256);
        return self switch
        {
            double real when double.IsFinite(real) => Numbers.Truncate(real),
            string text => Numbers.ParseInteger(text, arguments.Integer(1, 10))
                ?? (Numbers.ParseFloat(text) is { } real && double.IsFinite(real) ? Numbers.Truncate(real) : arguments.Get(0, 0L)),
            _ when Numbers.IsInteger(self) => Numbers.Shrink(Numbers.ToBig(self)),
            Undefined missing => throw missing.Fault(),
            _ => arguments.Get(0, 0L),
        };
    }

    public static object? Float(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "default");
        return self switch
        {
            string text => Numbers.ParseFloat(text) ?? arguments.Get(0, 0.0),
            Undefined missing => throw missing.Fault(),
            _ => Numbers.IsNumber(self) ? Numbers.ToDouble(self) : arguments.Get(0, 0.0),
        };
    }

    public static object? Absolute(object? self, Arguments arguments, Rendering rendering) => self switch
    {
        double number => Math.Abs(number),
        _ when Numbers.IsInteger(self) => Numbers.Shrink(BigInteger.Abs(Numbers.ToBig(self))),
        _ => throw JinjaFault.Type($"bad operand type for abs(): '{TypeName.Of(self)}'"),
    };

    public static object? Round(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "precision", "method");
        var (precision, method) = (Math.Clamp(arguments.Integer(0), 0, 15), arguments.Get(1, "common"));
        if (!Numbers.IsNumber(self)) throw JinjaFault.Type($"type {TypeName.Of(self)} doesn't define __round__ method");
        if (method is "common" && self is not double) return Numbers.Shrink(Numbers.ToBig(self));
        var (value, scale) = (Numbers.ToDouble(self), Math.Pow(10, precision));
        return method switch
        {
            "common" => Math.Round(value, precision, MidpointRounding.ToEven),
            "ceil" => Math.Ceiling(value * scale) / scale,
            "floor" => Math.Floor(value * scale) / scale,
            _ => throw JinjaFault.Value("method must be common, ceil or floor"),
        };
    }

    public static object? Sum(object? self, Arguments arguments, Rendering rendering)
    {
        arguments.Expect(0, "attribute", "start");
        var total = arguments.Get(1, 0L);
        foreach (var item in Iteration.Over(self, rendering)) total = Arithmetic.Apply("+", total, Lookup.Path(item, arguments.Get(0)), rendering);
        return total;
    }
}
