using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Text outside of tags.</summary>
internal sealed class TextStatement(string text, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        rendering.Write(text);
        return Flow.Next;
    }
}

/// <summary>{{ value }}</summary>
internal sealed class PrintStatement(Expression value, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        rendering.Write(rendering.Print(value.Evaluate(scope, rendering)));
        return Flow.Next;
    }
}

/// <summary>{% break %} and {% continue %}</summary>
internal sealed class JumpStatement(Flow flow, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering) => flow;
}

/// <summary>{% if %} with its elif and else branches; the else branch has no condition.</summary>
internal sealed class IfStatement((Expression? Condition, Body Body)[] branches, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        foreach (var (condition, body) in branches)
            if (condition is null || Truth.Of(condition.Evaluate(scope, rendering))) return body.Execute(scope, rendering);
        return Flow.Next;
    }
}

/// <summary>{% set target = value %}</summary>
internal sealed class SetStatement(AssignTarget target, Expression value, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        target.Assign(value.Evaluate(scope, rendering), scope, rendering);
        return Flow.Next;
    }
}

/// <summary>{% set target %}...{% endset %}, with filters if any.</summary>
internal sealed class SetBlockStatement(AssignTarget target, FilterExpression? filter, Body body, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        object? text = body.Capture(scope, rendering);
        target.Assign(filter is null ? text : filter.ApplyTo(text, scope, rendering), scope, rendering);
        return Flow.Next;
    }
}

/// <summary>{% filter name %}...{% endfilter %}</summary>
internal sealed class FilterStatement(FilterExpression filter, Body body, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        rendering.Write(rendering.Print(filter.ApplyTo(body.Capture(scope, rendering), scope, rendering)));
        return Flow.Next;
    }
}

/// <summary>{% with a = b %}...{% endwith %}: the values are those of outside.</summary>
internal sealed class WithStatement((AssignTarget Target, Expression Value)[] assignments, Body body, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in assignments) target.Assign(value.Evaluate(scope, rendering), inner, rendering);
        return body.Execute(inner, rendering);
    }
}

/// <summary>{% generation %}...{% endgeneration %}: what the assistant says, and what training scores.</summary>
internal sealed class GenerationStatement(Body body, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        var start = rendering.Position;
        var flow = body.Execute(new Scope(scope), rendering);
        rendering.AddSpan(start);
        return flow;
    }
}
