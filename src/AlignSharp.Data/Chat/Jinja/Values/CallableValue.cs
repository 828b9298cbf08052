using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Something a template can call.</summary>
internal abstract class CallableValue
{
    public abstract string TypeName { get; }

    public abstract object? Call(Arguments arguments, Rendering rendering);
}
