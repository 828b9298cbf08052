using AlignSharp.Data.Chat.Jinja.Values;

namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>The arguments of one call: by position, then by name.</summary>
internal sealed class Arguments(string callee, object?[] positional, KeyValuePair<string, object?>[] named)
{
    private static readonly object Missing = new();
    /// <summary>By place, once the places are known; null until then.</summary>
    private object?[]? _bound;

    public string Callee => callee;

    public object?[] Positional => positional;

    public KeyValuePair<string, object?>[] Named => named;

    /// <summary>Puts named arguments at the places of their names, and faults unless the call fits.</summary>
    /// <param name="required">How many of the names must be given.</param>
    /// <param name="names">Names of the parameters, in order.</param>
    public void Expect(int required, params ReadOnlySpan<string> names)
    {
        if (positional.Length > names.Length)
            throw JinjaFault.Type($"{callee}() takes at most {names.Length} argument{(names.Length == 1 ? "" : "s")} ({positional.Length} given)");
        _bound = positional;
        if (positional.Length < names.Length)
        {
            _bound = new object?[names.Length];
            positional.CopyTo(_bound, 0);
            Array.Fill(_bound, Missing, positional.Length, names.Length - positional.Length);
        }
        foreach (var (name, value) in named)
        {
            var at = names.IndexOf(name);
            if (at < 0) throw JinjaFault.Type($"{callee}() got an unexpected keyword argument '{name}'");
            if (at < positional.Length) throw JinjaFault.Type($"{callee}() got multiple values for argument '{name}'");
            _bound[at] = value;
        }
        for (var i = 0; i < required; i++)
            if (!Has(i)) throw JinjaFault.Type($"{callee}() missing required argument: '{names[i]}'");
    }

    public bool Has(int index) => !ReferenceEquals(_bound![index], Missing);

    public object? Get(int index, object? absent = null) => Has(index) ? _bound![index] : absent;

    public bool Flag(int index, bool absent = false) => Has(index) ? Truth.Of(_bound![index]) : absent;

    public int Integer(int index, int absent = 0) => Has(index) ? Numbers.ToInt32(_bound![index]) : absent;

    /// <summary>A string that must be one.</summary>
    public string Text(int index) => _bound![index] as string ?? throw JinjaFault.Type($"{callee}() argument {index + 1} must be str, not {TypeName.Of(_bound[index])}");

    /// <summary>A string, or null where it is absent or None.</summary>
    public string? TextOrNone(int index) => Get(index) is null ? null : Text(index);

    /// <summary>The arguments behind the first ones.</summary>
    public Arguments Skip(int count, string newCallee) => new(newCallee, positional[count..], named);
}
