namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>A node that gives a value. Nodes never change after parsing, so that any number of renders can share them.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;

    public abstract object? Evaluate(Scope scope, Rendering rendering);
}
