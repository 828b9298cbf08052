using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>{% for target in iterable if condition %}...{% else %}...{% endfor %}; else is for no elements at all.</summary>
internal sealed class ForStatement(AssignTarget target, Expression iterable, Expression? condition, bool recursive, Body body, Body otherwise, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        Run(iterable.Evaluate(scope, rendering), scope, rendering, depth: 0);
        return Flow.Next;
    }

    private void Run(object? values, Scope scope, Rendering rendering, int depth)
    {
        rendering.Line = Line;
        var items = Iteration.ToArray(values, rendering);
        if (condition is not null) items = [.. items.Where(item => Passes(item, scope, rendering))];
        if (items.Length == 0)
        {
            otherwise.Execute(new Scope(scope), rendering);
            return;
        }
        var loop = new LoopValue(items, depth, recursive ? inner => Recurse(inner, scope, rendering, depth + 1) : null);
        for (var i = 0; i < items.Length; i++)
        {
            rendering.Spend();
            loop.Index = i;
            // Every turn has a scope of its own: what a turn sets is gone in the next one.
            var turn = new Scope(scope);
            turn.Set("loop", loop);
            target.Assign(items[i], turn, rendering);
            if (body.Execute(turn, rendering) == Flow.Break) break;
        }
    }

    private bool Passes(object? item, Scope scope, Rendering rendering)
    {
        var trial = new Scope(scope);
        target.Assign(item, trial, rendering);
        return Truth.Of(condition!.Evaluate(trial, rendering));
    }

    private string Recurse(object? values, Scope scope, Rendering rendering, int depth)
    {
        rendering.Enter();
        rendering.BeginCapture();
        Run(values, scope, rendering, depth);
        var text = rendering.EndCapture();
        rendering.Leave();
        return text;
    }
}
