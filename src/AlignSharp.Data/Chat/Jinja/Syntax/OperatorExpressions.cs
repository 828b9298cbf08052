using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

internal sealed class ArithmeticExpression(string sign, Expression left, Expression right, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var first = left.Evaluate(scope, rendering);
        var second = right.Evaluate(scope, rendering);
        rendering.Line = Line;
        return Arithmetic.Apply(sign, first, second, rendering);
    }
}

internal sealed class SignExpression(bool negate, Expression operand, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = operand.Evaluate(scope, rendering);
        return negate ? Arithmetic.Negate(value) : Arithmetic.Plus(value);
    }
}

/// <summary>a ~ b: both printed.</summary>
internal sealed class ConcatExpression(Expression[] parts, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step(parts.Length);
        var texts = new string[parts.Length];
        long length = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            texts[i] = rendering.Print(parts[i].Evaluate(scope, rendering));
            rendering.CheckLength(length += texts[i].Length);
        }
        return rendering.Made(string.Concat(texts));
    }
}

/// <summary>a and b, a or b: the operand that decides.</summary>
internal sealed class LogicExpression(bool isAnd, Expression left, Expression right, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = left.Evaluate(scope, rendering);
        return Truth.Of(value) == isAnd ? right.Evaluate(scope, rendering) : value;
    }
}

internal sealed class NotExpression(Expression operand, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        return !Truth.Of(operand.Evaluate(scope, rendering));
    }
}

/// <summary>a &lt; b &lt; c: every neighbour is compared, and the middle is evaluated once.</summary>
internal sealed class CompareExpression(Expression first, (string Sign, Expression Operand)[] rest, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step(rest.Length);
        var left = first.Evaluate(scope, rendering);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(scope, rendering);
            rendering.Line = Line;
            if (!Comparison.Apply(sign, left, right, rendering)) return false;
            left = right;
        }
        return true;
    }
}

/// <summary>a if condition else b.</summary>
internal sealed class ConditionalExpression(Expression condition, Expression then, Expression? otherwise, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        if (Truth.Of(condition.Evaluate(scope, rendering))) return then.Evaluate(scope, rendering);
        return otherwise is null
            ? Undefined.Hint($"the inline if-expression on line {Line} evaluated to false and no else section was defined.")
            : otherwise.Evaluate(scope, rendering);
    }
}
