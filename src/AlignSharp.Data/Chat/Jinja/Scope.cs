namespace AlignSharp.Data.Chat.Jinja;

/// <summary>Names and their values; what is not here is looked up in the enclosing scope.</summary>
internal sealed class Scope(Scope? parent)
{
    private Dictionary<string, object?>? _values;

    public void Set(string name, object? value) => (_values ??= new(StringComparer.Ordinal))[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
            if (scope._values is { } values && values.TryGetValue(name, out value)) return true;
        value = null;
        return false;
    }

    private Scope? Parent => parent;
}
