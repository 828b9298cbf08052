using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>What a macro or call block declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Names, each with its default if it has one.</param>
/// <param name="Body">What it writes.</param>
/// <param name="TakesMore">Whether the body reads <c>varargs</c>, so that more positional arguments are allowed.</param>
/// <param name="TakesNamed">Whether the body reads <c>kwargs</c>.</param>
/// <param name="TakesCaller">Whether the body reads <c>caller</c>.</param>
internal sealed record MacroDeclaration(string Name, (string Name, Expression? Default)[] Parameters, Body Body, bool TakesMore, bool TakesNamed, bool TakesCaller);

/// <summary>{% macro name(...) %}...{% endmacro %}</summary>
internal sealed class MacroStatement(MacroDeclaration declaration, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        scope.Set(declaration.Name, new MacroValue(declaration, scope));
        return Flow.Next;
    }
}

/// <summary>{% call(...) macro(...) %}...{% endcall %}: the macro can call the body as <c>caller</c>.</summary>
internal sealed class CallStatement(MacroDeclaration caller, CallExpression call, int line) : Statement(line)
{
    public override Flow Execute(Scope scope, Rendering rendering)
    {
        var text = call.Evaluate(scope, rendering, [KeyValuePair.Create<string, object?>("caller", new MacroValue(caller, scope))]);
        rendering.Write(rendering.Print(text));
        return Flow.Next;
    }
}
