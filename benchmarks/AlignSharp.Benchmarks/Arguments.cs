using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Benchmarks;

/// <summary>The words after a benchmark's name: <c>--name value</c>, <c>--name=value</c>, or a switch; with underscores or dashes.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>Reads the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="values">Options that take a value.</param>
    /// <param name="switches">Options that take none.</param>
    /// <exception cref="ConfigurationException">A word is no option that the benchmark knows, or a value is missing.</exception>
    public Arguments(IReadOnlyList<string> words, IReadOnlyList<string> values, IReadOnlyList<string> switches)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) throw new ConfigurationException($"\"{words[i]}\" is no option; options begin with two dashes");
            var parts = words[i][2..].Split('=', 2);
            var name = parts[0].Replace('-', '_');
            if (switches.Contains(name) && parts.Length == 1) _given[name] = "";
            else if (!values.Contains(name)) throw Unknown(parts[0], switches.Contains(name), [.. values, .. switches]);
            else if (parts.Length == 2) _given[name] = parts[1];
            else if (i + 1 < words.Count && !words[i + 1].StartsWith("--", StringComparison.Ordinal)) _given[name] = words[++i];
            else throw new ConfigurationException($"option --{name} needs a value");
        }
    }

    /// <summary>Whether any of these options was given.</summary>
    /// <param name="names">Names with underscores.</param>
    public bool Has(params IEnumerable<string> names) => names.Any(_given.ContainsKey);

    /// <summary>The value of an option, or null when it was not given.</summary>
    /// <param name="name">Name with underscores.</param>
    public string? Text(string name) => _given.GetValueOrDefault(name);

    /// <summary>The whole number that an option was given.</summary>
    /// <param name="name">Name with underscores.</param>
    /// <param name="fallback">The number when it was not given.</param>
    /// <param name="least">The least that makes sense.</param>
    /// <exception cref="ConfigurationException">The value is no whole number, or too small.</exception>
    public int Whole(string name, int fallback, int least = 1)
    {
        if (Text(name) is not { } text) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ConfigurationException($"option --{name}: {text} is not a whole number of {least} or more");
    }

    private static ConfigurationException Unknown(string name, bool isSwitch, string[] known) => new(
        isSwitch ? $"option --{name} takes no value" : $"option --{name} is not known; did you mean --{KeyTable.Nearest(name.Replace('-', '_'), known)}?");
}
