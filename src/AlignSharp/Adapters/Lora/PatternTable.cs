namespace AlignSharp.Adapters.Lora;

/// <summary>
/// Values of modules by PEFT's rule: a pattern means every path whose end it matches, behind a dot or as a whole, and the first pattern
/// that matches counts.
/// </summary>
/// <typeparam name="T">Type of the values.</typeparam>
public sealed class PatternTable<T>
{
    private readonly (ModulePattern Pattern, T Value)[] _rows;

    /// <summary>Prepares a table.</summary>
    /// <param name="entries">Regular expressions and values, in order.</param>
    /// <param name="key">The field that they stand in, for messages.</param>
    /// <exception cref="ArgumentException">An expression is malformed.</exception>
    public PatternTable(IEnumerable<KeyValuePair<string, T>> entries, string key)
    {
        Entries = [.. entries];
        _rows = [.. Entries.Select(entry => (ModulePattern.OfPathEnd(entry.Key, key), entry.Value))];
    }

    /// <summary>The patterns and values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, T>> Entries { get; }

    /// <summary>The values, in order.</summary>
    public IEnumerable<T> Values => Entries.Select(entry => entry.Value);

    /// <summary>The value of a module.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="otherwise">The value where no pattern matches.</param>
    public T Find(string path, T otherwise)
    {
        foreach (var (pattern, value) in _rows)
            if (pattern.Matches(path)) return value;
        return otherwise;
    }
}
