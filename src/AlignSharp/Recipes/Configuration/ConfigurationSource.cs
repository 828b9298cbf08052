using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads settings from where a user may write them: a YAML file, and options.</summary>
public static class ConfigurationSource
{
    private const long MaxFileBytes = 1 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a YAML file; a relative path resolves against the current directory.</summary>
    /// <param name="path">The path, used in messages as it is written.</param>
    /// <returns>The settings in file order.</returns>
    /// <exception cref="ConfigurationException">The file is missing, too large, not UTF-8 or not a mapping of keys; a key is set twice.</exception>
    public static IReadOnlyList<Setting> FromFile(string path)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaxFileBytes) throw new ConfigurationException($"{path}: {length} bytes are too many for a configuration; expected at most {MaxFileBytes}");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{path}: the configuration file cannot be read: {error.Message}", error);
        }
        return FromText(Decode(bytes, path), path);
    }

    /// <summary>Reads YAML text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>The settings in order.</returns>
    /// <exception cref="ConfigurationException">The text is not a mapping of keys, or sets a key twice.</exception>
    public static IReadOnlyList<Setting> FromText(string text, string name) => ConfigurationText.Settings(text, name);

    /// <summary>
    /// Makes a setting of an option. Its values are read by the scalar rule; no value means true. Of a key that takes a list, every value
    /// may hold several, separated by commas; a mapping is read in YAML's flow form.
    /// </summary>
    /// <param name="table">The keys, which say how to read the values; an unknown key is kept for the error to come.</param>
    /// <param name="option">The option with its dashes, for messages.</param>
    /// <param name="name">The key, with underscores or dashes.</param>
    /// <param name="values">The values in order.</param>
    /// <exception cref="ConfigurationException">Several values for a key that takes one, or none for a key that is not boolean.</exception>
    public static Setting FromOption(KeyTable table, string option, string name, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        var key = name.Replace('-', '_');
        var source = Provenance.Option(option);
        var known = table.Find(key);
        var type = known?.Type ?? KeyType.Any;
        if (values.Count == 0)
        {
            var standsAlone = known is null || type == KeyType.Boolean || known.Kind == KeyKind.Refused || known.Choices.Contains("true");
            if (!standsAlone) throw new ConfigurationException($"{source.Position}: a value is missing");
            return new Setting(key, ConfigurationValue.Plain("true"), source);
        }
        if (type == KeyType.TextList) return new Setting(key, ListOf(values), source);
        if (values.Count > 1) throw new ConfigurationException($"{source.Position}: {values.Count} values are given, expected one: {string.Join(", ", values)}");
        var isFlow = type is KeyType.Map or KeyType.Any && values[0].AsSpan().TrimStart() is ['{' or '[', ..];
        return new Setting(key, isFlow ? ConfigurationText.Fragment(values[0], source.Position) : ConfigurationValue.Plain(values[0]), source);
    }

    // One text that is no list stays a scalar: it may be null, or a regular expression in which a comma means something.
    private static ConfigurationValue ListOf(IReadOnlyList<string> values)
    {
        if (values.Count == 1 && values[0].StartsWith('[') && values[0].EndsWith(']')) return ConfigurationText.Fragment(values[0], "option");
        return values.Count == 1 ? ConfigurationValue.Plain(values[0]) : ConfigurationValue.List([.. values.SelectMany(KeyRules.Split).Select(ConfigurationValue.Plain)]);
    }

    private static string Decode(byte[] bytes, string path)
    {
        try
        {
            var text = StrictUtf8.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException error)
        {
            var before = bytes.AsSpan(0, Math.Clamp(error.Index, 0, bytes.Length));
            var line = 1 + before.Count((byte)'\n');
            var column = 1 + before.Length - (before.LastIndexOf((byte)'\n') + 1);
            throw new ConfigurationException($"{path}:{line}:{column}: a byte here is not UTF-8; save the file as UTF-8", error);
        }
    }
}
