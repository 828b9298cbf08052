using AlignSharp.Data.Chat.Jinja.Operations;
using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Syntax;

/// <summary>The arguments as a call writes them: by position, by name, *list and **dictionary.</summary>
internal sealed class ArgumentList(Expression[] positional, (string Name, Expression Value)[] named, Expression? list, Expression? dictionary)
{
    public static readonly ArgumentList Empty = new([], [], null, null);

    public Arguments Evaluate(string callee, Scope scope, Rendering rendering, KeyValuePair<string, object?>[] extra)
    {
        rendering.Spend(positional.Length + named.Length);
        object?[] values = positional.Length == 0 ? [] : new object?[positional.Length];
        for (var i = 0; i < values.Length; i++) values[i] = positional[i].Evaluate(scope, rendering);
        if (list is not null) values = [.. values, .. Iteration.ToArray(list.Evaluate(scope, rendering), rendering)];
        if (named.Length == 0 && dictionary is null) return new Arguments(callee, values, extra);
        var byName = new List<KeyValuePair<string, object?>>();
        foreach (var (name, value) in named) byName.Add(KeyValuePair.Create(name, value.Evaluate(scope, rendering)));
        if (dictionary is not null) byName.AddRange(Members(callee, dictionary.Evaluate(scope, rendering)));
        byName.AddRange(extra);
        if (byName.DistinctBy(pair => pair.Key).Count() < byName.Count) throw JinjaFault.Type($"{callee}() got multiple values for a keyword argument");
        return new Arguments(callee, values, [.. byName]);
    }

    private static IEnumerable<KeyValuePair<string, object?>> Members(string callee, object? value)
    {
        if (value is not DictValue dict) throw JinjaFault.Type($"{callee}() argument after ** must be a mapping, not {TypeName.Of(value)}");
        return dict.Members.Select(member => KeyValuePair.Create(member.Key as string ?? throw JinjaFault.Type("keywords must be strings"), member.Value));
    }
}
