namespace AlignSharp.Recipes.Configuration;

/// <summary>Every key that a recipe knows. Tables compose: what all recipes share, then the recipe's own.</summary>
public sealed class KeyTable
{
    private readonly Dictionary<string, ConfigurationKey> _byName;

    /// <summary>Composes a table.</summary>
    /// <param name="parts">Groups of keys; their order is the order in help and documentation within a heading.</param>
    /// <exception cref="ArgumentException">Two parts name the same key.</exception>
    public KeyTable(params IReadOnlyList<ConfigurationKey>[] parts)
    {
        Keys = [.. parts.SelectMany(part => part)];
        _byName = Keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>The keys that every training recipe shares.</summary>
    public static IReadOnlyList<ConfigurationKey> Common { get; } =
    [
        .. ModelConfigKeys.All, .. ScriptArgumentsKeys.All, .. OwnKeys.All, .. BaseConfigKeys.All,
        .. TrainingArgumentsKeys.All, .. TrainingArgumentsRuntimeKeys.All, .. TrainingArgumentsReportingKeys.All,
    ];

    /// <summary>The keys of <c>align dpo</c>.</summary>
    public static KeyTable Dpo { get; } = new(Common, DpoConfigKeys.All);

    /// <summary>The keys of <c>align sft</c>.</summary>
    public static KeyTable Sft { get; } = new(Common, SftConfigKeys.All);

    /// <summary>All keys in table order.</summary>
    public IReadOnlyList<ConfigurationKey> Keys { get; }

    /// <summary>The key of that name, or null.</summary>
    /// <param name="name">A key with underscores.</param>
    public ConfigurationKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The known key whose name is the fewest edits away, the first in alphabetical order when several are.</summary>
    /// <param name="name">A name that is not known.</param>
    public string Nearest(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Nearest(name, _byName.Keys);
    }

    /// <summary>The known name that is the fewest edits away, the first in alphabetical order when several are.</summary>
    /// <param name="name">A name that is not known.</param>
    /// <param name="known">At least one name.</param>
    public static string Nearest(string name, IEnumerable<string> known) => known.Order(StringComparer.Ordinal).MinBy(candidate => EditDistance(name, candidate))!;

    /// <summary>Number of insertions, deletions, replacements and swaps of neighbours between two words.</summary>
    internal static int EditDistance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
