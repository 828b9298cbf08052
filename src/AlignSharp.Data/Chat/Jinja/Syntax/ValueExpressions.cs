using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

internal sealed class LiteralExpression(object? value, int line) : Expression(line)
{
    public object? Value => value;

    public override object? Evaluate(Scope scope, Rendering rendering) => value;
}

internal sealed class NameExpression(string name, int line) : Expression(line)
{
    public string Name => name;

    public override object? Evaluate(Scope scope, Rendering rendering) => scope.TryGet(name, out var value) ? value : Undefined.Name(name);
}

/// <summary>[a, b] or (a, b).</summary>
internal sealed class SequenceExpression(Expression[] items, bool isTuple, int line) : Expression(line)
{
    public Expression[] Items => items;

    public bool IsTuple => isTuple;

    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step(1 + items.Length);
        var values = new object?[items.Length];
        for (var i = 0; i < values.Length; i++) values[i] = items[i].Evaluate(scope, rendering);
        return isTuple ? new TupleValue(values) : new ListValue(values);
    }
}

internal sealed class DictExpression((Expression Key, Expression Value)[] members, int line) : Expression(line)
{
    public override object? Evaluate(Scope scope, Rendering rendering)
    {
        rendering.Step(1 + members.Length);
        return new DictValue(members.Select(member =>
        {
            var key = member.Key.Evaluate(scope, rendering);
            rendering.SpendOnAll(key);
            return KeyValuePair.Create(key, member.Value.Evaluate(scope, rendering));
        }));
    }
}
