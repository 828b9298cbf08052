using AlignSharp.Data.Chat.Jinja.Operations;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>A method together with its object, or a global function.</summary>
internal sealed class BoundOperation(string name, object? self, Operation operation) : CallableValue
{
    public string Name => name;

    public override string TypeName => "builtin_function_or_method";

    public override object? Call(Arguments arguments, Rendering rendering)
    {
        rendering.SpendOn(self);
        return operation(self, arguments, rendering);
    }
}
