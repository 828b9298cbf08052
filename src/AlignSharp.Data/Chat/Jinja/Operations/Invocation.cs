using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>Calls.</summary>
internal static class Invocation
{
    public static object? Call(object? callee, Arguments arguments, Rendering rendering)
    {
        rendering.Spend();
        return callee switch
        {
            CallableValue callable => callable.Call(arguments, rendering),
            Undefined missing => throw missing.Fault(),
            _ => throw JinjaFault.Type($"'{TypeName.Of(callee)}' object is not callable"),
        };
    }
}
