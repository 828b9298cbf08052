namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>A node that writes or sets something; like an expression it never changes.</summary>
internal abstract class Statement(int line)
{
    public int Line => line;

    public abstract Flow Execute(Scope scope, Rendering rendering);
}

/// <summary>Where to go on after a statement.</summary>
internal enum Flow
{
    /// <summary>At the next statement.</summary>
    Next,

    /// <summary>Behind the loop.</summary>
    Break,

    /// <summary>At the loop's next element.</summary>
    Continue,
}
