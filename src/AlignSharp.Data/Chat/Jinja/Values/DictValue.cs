namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Python's dict: keys in the order in which they came; a key that comes again keeps its place and takes the new value.</summary>
internal sealed class DictValue : ContainerValue
{
    private static readonly object NoneKey = new();
    private readonly OrderedDictionary<object, object?> _members;

    public DictValue(IEnumerable<KeyValuePair<object?, object?>> members)
    {
        _members = new(KeyEquality.Instance);
        foreach (var (key, value) in members)
        {
            Hold(key);
            Hold(value);
            _members[key ?? NoneKey] = value;
        }
    }

    public int Count => _members.Count;

    public IEnumerable<object?> Keys => _members.Keys.Select(FromKey);

    public IEnumerable<object?> Values => _members.Values;

    public IEnumerable<KeyValuePair<object?, object?>> Members => _members.Select(member => KeyValuePair.Create(FromKey(member.Key), member.Value));

    public IEnumerable<object?> Pairs => _members.Select(member => (object?)new TupleValue(FromKey(member.Key), member.Value));

    public bool TryGet(object? key, out object? value) => _members.TryGetValue(key ?? NoneKey, out value);

    private static object? FromKey(object key) => ReferenceEquals(key, NoneKey) ? null : key;
}
