using AlignSharp.Data.Chat.Jinja.Builtins;
using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>owner.name</summary>
internal sealed class AttributeExpression(Expression owner, string name, int line) : Expression(line)
{
    public string Name => name;

    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = owner.Evaluate(scope, rendering);
        rendering.Line = Line;
        return Lookup.Attribute(value, name);
    }
}

/// <summary>owner[key]</summary>
internal sealed class ItemExpression(Expression owner, Expression key, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = owner.Evaluate(scope, rendering);
        var index = key.Evaluate(scope, rendering);
        rendering.Line = Line;
        rendering.SpendOn(value);
        rendering.SpendOnAll(index);
        return Lookup.Item(value, index);
    }
}

/// <summary>owner[start:stop:step]</summary>
internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = owner.Evaluate(scope, rendering);
        var parts = (start?.Evaluate(scope, rendering), stop?.Evaluate(scope, rendering), step?.Evaluate(scope, rendering));
        rendering.Line = Line;
        rendering.SpendOn(value);
        return Lookup.Slice(value, parts.Item1, parts.Item2, parts.Item3, rendering);
    }
}

/// <summary>callee(...)</summary>
internal sealed class CallExpression(Expression callee, ArgumentList arguments, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering) => Evaluate(scope, rendering, []);

    /// <summary>Calls with more named arguments than the template wrote.</summary>
    public object? Evaluate(Scope scope, Rendering rendering, KeyValuePair<string, object?>[] extra)
    {
        rendering.Step();
        var function = callee.Evaluate(scope, rendering);
        var given = arguments.Evaluate(CalleeName, scope, rendering, extra);
        rendering.Line = Line;
        return Invocation.Call(function, given, rendering);
    }

    private string CalleeName => callee switch
    {
        NameExpression name => name.Name,
        AttributeExpression attribute => attribute.Name,
        _ => "function",
    };
}

/// <summary>value | name(...); a filter block has no value of its own and is given the text of its body.</summary>
internal sealed class FilterExpression(Expression? operand, string name, ArgumentList arguments, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        return Apply(operand!.Evaluate(scope, rendering), scope, rendering);
    }

    /// <summary>Filters a text; a chain of filters begins at the innermost.</summary>
    public object? ApplyTo(object? text, Scope scope, Rendering rendering)
        => Apply(operand is FilterExpression inner ? inner.ApplyTo(text, scope, rendering) : text, scope, rendering);

    private object? Apply(object? value, Scope scope, Rendering rendering)
    {
        var given = arguments.Evaluate(name, scope, rendering, []);
        rendering.Line = Line;
        rendering.SpendOn(value);
        return Filters.Get(name)(value, given, rendering);
    }
}

/// <summary>value is name(...)</summary>
internal sealed class TestExpression(Expression operand, string name, ArgumentList arguments, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step();
        var value = operand.Evaluate(scope, rendering);
        var given = arguments.Evaluate(name, scope, rendering, []);
        rendering.Line = Line;
        rendering.SpendOn(value);
        return Tests.Get(name)(value, given, rendering);
    }
}
