namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Jinja's namespace: the one value whose members a template can set.</summary>
internal sealed class NamespaceValue
{
    private readonly Dictionary<string, object?> _members = new(StringComparer.Ordinal);

    public void Set(string name, object? value) => _members[name] = value;

    public bool TryGet(string name, out object? value) => _members.TryGetValue(name, out value);
}
