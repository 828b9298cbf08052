namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>Statements one after the other.</summary>
internal sealed class Body(Statement[] statements)
{
    public static readonly Body Empty = new([]);

    public Flow Execute(Scope scope, Rendering rendering)
    {
        foreach (var statement in statements)
        {
            rendering.Line = statement.Line;
            rendering.Spend();
            var flow = statement.Execute(scope, rendering);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }

    /// <summary>What the statements write, in a scope of their own.</summary>
    public string Capture(Scope scope, Rendering rendering)
    {
        rendering.BeginCapture();
        Execute(new Scope(scope), rendering);
        return rendering.EndCapture();
    }
}
