using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Syntax;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>A macro together with the scope in which it was declared.</summary>
internal sealed class MacroValue(MacroDeclaration declaration, Scope declaredIn) : CallableValue
{
    public override string TypeName => "Macro";

    public bool TryGet(string name, out object? value)
    {
        value = name == "name" ? declaration.Name : null;
        return value is not null;
    }

    public override object? Call(Arguments arguments, Rendering rendering)
    {
        rendering.Enter();
        var scope = new Scope(declaredIn);
        Bind(arguments, scope, rendering);
        var line = rendering.Line;
        var text = declaration.Body.Capture(scope, rendering);
        rendering.Line = line;
        rendering.Leave();
        return text;
    }

    private void Bind(Arguments arguments, Scope scope, Rendering rendering)
    {
        var named = new Dictionary<string, object?>(arguments.Named, StringComparer.Ordinal);
        var parameters = declaration.Parameters;
        for (var i = 0; i < parameters.Length; i++)
        {
            var (name, absent) = parameters[i];
            if (i < arguments.Positional.Length) scope.Set(name, arguments.Positional[i]);
            else if (named.Remove(name, out var value)) scope.Set(name, value);
            // A default can read the parameters before it.
            else scope.Set(name, absent is null ? Undefined.Hint($"parameter '{name}' was not provided") : absent.Evaluate(scope, rendering));
        }
        if (declaration.TakesCaller && parameters.All(parameter => parameter.Name != "caller"))
            scope.Set("caller", named.Remove("caller", out var caller) ? caller : Undefined.Hint("No caller defined"));
        if (declaration.TakesNamed) scope.Set("kwargs", new DictValue(named.Select(pair => KeyValuePair.Create<object?, object?>(pair.Key, pair.Value))));
        else if (named.Count > 0) throw JinjaFault.Type($"macro '{declaration.Name}' takes no keyword argument '{named.Keys.First()}'");
        var more = arguments.Positional.Skip(parameters.Length).ToArray();
        if (declaration.TakesMore) scope.Set("varargs", new TupleValue(more));
        else if (more.Length > 0) throw JinjaFault.Type($"macro '{declaration.Name}' takes not more than {parameters.Length} argument(s)");
    }
}
