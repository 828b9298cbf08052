using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>
/// What a run is asked to do: every key of a table with its value and where the value comes from. Options win over the file, the file
/// over the defaults. Every setting has been checked alone; what contradicts each other is for the recipe's options to find.
/// </summary>
public sealed class EffectiveConfiguration
{
    private readonly Dictionary<string, Setting> _given = new(StringComparer.Ordinal);

    private EffectiveConfiguration(KeyTable table) => Table = table;

    /// <summary>The keys that the recipe knows.</summary>
    public KeyTable Table { get; }

    /// <summary>The names of the keys that somebody set, aliases under the name that they stand for.</summary>
    public IReadOnlyCollection<string> GivenKeys => _given.Keys;

    /// <summary>What somebody set, by key, as messages may show it.</summary>
    public IReadOnlyDictionary<string, string> GivenSettings =>
        new SortedDictionary<string, string>(_given.ToDictionary(entry => entry.Key, entry => KeyRules.Shown(KeyOf(entry.Key), entry.Value.Value)), StringComparer.Ordinal);

    /// <summary>Merges the layers and checks each setting.</summary>
    /// <param name="table">The keys that the recipe knows.</param>
    /// <param name="file">Settings of the file, in order.</param>
    /// <param name="options">Settings of the command line, in order; they win.</param>
    /// <exception cref="ConfigurationException">A key is unknown or refused, or a value is of the wrong type or out of range.</exception>
    public static EffectiveConfiguration Create(KeyTable table, IReadOnlyList<Setting> file, IReadOnlyList<Setting> options)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        var configuration = new EffectiveConfiguration(table);
        foreach (var (name, setting) in configuration.Layer(options)) configuration._given[name] = setting;
        // What an option replaces is not judged: an option may turn off what a file asks for and this version refuses.
        var replaced = configuration._given.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, setting) in configuration.Layer([.. file.Where(setting => table.Find(setting.Key) is not { } key || !replaced.Contains(key.AliasOf ?? key.Name))])) configuration._given[name] = setting;
        return configuration;
    }

    /// <summary>Whether somebody set the key, even to its default.</summary>
    /// <param name="name">A key of the table.</param>
    public bool IsGiven(string name) => _given.ContainsKey(name);

    /// <summary>Where the key's value comes from.</summary>
    /// <param name="name">A key of the table.</param>
    public Provenance Source(string name) => _given.TryGetValue(name, out var setting) ? setting.Source : Provenance.Default;

    /// <summary>The key's value.</summary>
    /// <param name="name">A key of the table.</param>
    public ConfigurationValue Value(string name) => _given.TryGetValue(name, out var setting) ? setting.Value : KeyOf(name).DefaultValue;

    /// <summary>The value of a boolean key.</summary>
    /// <param name="name">A key of the table.</param>
    public bool Boolean(string name) => Value(name).AsBoolean() ?? throw Misused(name);

    /// <summary>The value of a whole-number key that has one.</summary>
    /// <param name="name">A key of the table.</param>
    public int Integer(string name) => IntegerOrNull(name) ?? throw Misused(name);

    /// <summary>The value of a whole-number key, or null.</summary>
    /// <param name="name">A key of the table.</param>
    public int? IntegerOrNull(string name) => Value(name).AsInteger();

    /// <summary>The value of a number key that has one.</summary>
    /// <param name="name">A key of the table.</param>
    public double Number(string name) => NumberOrNull(name) ?? throw Misused(name);

    /// <summary>The value of a number key, or null.</summary>
    /// <param name="name">A key of the table.</param>
    public double? NumberOrNull(string name) => Value(name).AsNumber();

    /// <summary>The value of a text key that has one.</summary>
    /// <param name="name">A key of the table.</param>
    public string Text(string name) => TextOrNull(name) ?? throw Misused(name);

    /// <summary>The value of a text key, or null.</summary>
    /// <param name="name">A key of the table.</param>
    public string? TextOrNull(string name) => Value(name) is { Shape: not ValueShape.Null } value ? value.Text : null;

    /// <summary>The texts of a list key; empty when it is null.</summary>
    /// <param name="name">A key of the table.</param>
    public IReadOnlyList<string> TextList(string name)
    {
        var value = Value(name);
        if (value.Shape == ValueShape.Null) return [];
        return value.Shape == ValueShape.List ? [.. value.Items.Select(item => item.Text)] : [value.Text];
    }

    /// <summary>
    /// Writes the keys that differ from their defaults, each with its value, its default and where it was set, then the accepted keys
    /// that need nothing, each with its reason.
    /// </summary>
    /// <param name="writer">Where to write; it is not closed.</param>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var given = Table.Keys.Where(key => _given.ContainsKey(key.Name)).OrderBy(key => key.Group).Select(key => (Key: key, Setting: _given[key.Name])).ToList();
        var changed = given.Where(entry => entry.Key.Kind == KeyKind.Honoured && !IsDefault(entry.Key, entry.Setting.Value)).ToList();
        writer.WriteLine("Effective configuration: keys that differ from their defaults (TRL 1.9's; deviations in docs/configuration.md)");
        TextColumns.Write(writer, ["key", "value", "default", "from"],
            [.. changed.Select(entry => new[] { entry.Key.Name, KeyRules.Shown(entry.Key, entry.Setting.Value), entry.Key.Default, entry.Setting.Source.Name })]);
        var noted = given.Where(entry => entry.Key.Kind == KeyKind.Satisfied).ToList();
        if (noted.Count == 0) return;
        writer.WriteLine();
        writer.WriteLine("Accepted; nothing to do:");
        TextColumns.Write(writer, ["key", "value", "from", "because"],
            [.. noted.Select(entry => new[] { entry.Key.Name, KeyRules.Shown(entry.Key, entry.Setting.Value), entry.Setting.Source.Name, entry.Key.Reason })]);
    }

    private Dictionary<string, Setting> Layer(IReadOnlyList<Setting> settings)
    {
        var layer = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in settings)
        {
            var key = Table.Find(setting.Key)
                ?? throw new ConfigurationException($"{setting.Source.Position}: {setting.Key} is not a known key; did you mean {Table.Nearest(setting.Key)}?");
            var accepted = setting with { Key = key.AliasOf ?? key.Name, Value = KeyRules.Accept(key, setting) };
            if (key.AliasOf is not null && accepted.Value.Shape == ValueShape.Null) continue;
            if (layer.TryGetValue(accepted.Key, out var other) && !other.Value.Means(accepted.Value))
                throw new ConfigurationException($"{setting.Source.Position}: {setting.Key} contradicts {other.Source.Position}, which sets {accepted.Key} to {KeyRules.Shown(key, other.Value)}; keep one of them");
            layer[accepted.Key] = accepted;
        }
        return layer;
    }

    private static bool IsDefault(ConfigurationKey key, ConfigurationValue value)
    {
        var normalised = KeyRules.Accept(key, new Setting(key.Name, key.DefaultValue, Provenance.Default));
        return value.Means(normalised) || (value.Shape != ValueShape.List && value.Text == normalised.Text);
    }

    private ConfigurationKey KeyOf(string name) => Table.Find(name) ?? throw new ArgumentException($"The table has no key {name}", nameof(name));

    private InvalidOperationException Misused(string name) => new($"{name} has no value of the type that was asked for; it is {Value(name).Text}");
}
