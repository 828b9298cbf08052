using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Cli;

/// <summary>The options of a command, one for each key of a table, and how they become a configuration.</summary>
internal sealed class ConfigurationOptions
{
    private readonly KeyTable _table;
    private readonly Option<string?> _file = new("--config") { Description = "YAML file with the same keys." };
    private readonly Dictionary<Option<string[]>, ConfigurationKey> _keys = [];
    private readonly Dictionary<Option<bool>, ConfigurationKey> _negations = [];

    /// <summary>Adds the options of the table and <c>--config</c> to a command.</summary>
    /// <param name="command">The command; unknown options are left to the configuration, which knows the nearest key.</param>
    /// <param name="table">The keys.</param>
    /// <param name="help">Prints the command's help.</param>
    public ConfigurationOptions(Command command, KeyTable table, CommandLineAction help)
    {
        _table = table;
        command.TreatUnmatchedTokensAsErrors = false;
        command.Add(new HelpOption { Action = help });
        command.Add(_file);
        foreach (var key in table.Keys)
        {
            var option = new Option<string[]>("--" + key.Name, Dashed("--" + key.Name))
            {
                Arity = ArgumentArity.ZeroOrMore,
                AllowMultipleArgumentsPerToken = key.Type == KeyType.TextList,
                Description = key.Explanation,
            };
            _keys.Add(option, key);
            command.Add(option);
            if (key.Type != KeyType.Boolean || key.Default != "true") continue;
            var negation = new Option<bool>("--no_" + key.Name, Dashed("--no_" + key.Name)) { Arity = ArgumentArity.Zero };
            _negations.Add(negation, key);
            command.Add(negation);
        }
    }

    /// <summary>Reads the file, then the options, and merges them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ConfigurationException">A setting cannot be used.</exception>
    public EffectiveConfiguration Read(ParseResult parsed)
    {
        var (file, options) = Settings(parsed);
        return EffectiveConfiguration.Create(_table, file, options);
    }

    /// <summary>Reads the file, and the options, which win over it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ConfigurationException">A word is no option, or the file cannot be read.</exception>
    public (IReadOnlyList<Setting> File, IReadOnlyList<Setting> Options) Settings(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var stray, ..]) throw Unknown(stray);
        return (parsed.GetValue(_file) is { } path ? ConfigurationSource.FromFile(path) : [], [.. Given(parsed)]);
    }

    private IEnumerable<Setting> Given(ParseResult parsed)
    {
        foreach (var (option, key) in _keys)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result) continue;
            var values = result.Tokens.Select(token => token.Value).ToList();
            yield return ConfigurationSource.FromOption(_table, result.IdentifierToken?.Value ?? option.Name, key.Name, values);
        }
        foreach (var (option, key) in _negations)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                yield return ConfigurationSource.FromOption(_table, result.IdentifierToken?.Value ?? option.Name, key.Name, ["false"]);
        }
    }

    private ConfigurationException Unknown(string token)
    {
        if (!token.StartsWith("--", StringComparison.Ordinal))
            return new ConfigurationException($"\"{token}\" is neither an option nor the value of one; options are --key value or --key=value");
        var name = token[2..].Split('=')[0];
        return new ConfigurationException($"option --{name} is not known; did you mean --{_table.Nearest(name.Replace('-', '_'))}?");
    }

    // Both spellings, but only once where they are the same.
    private static string[] Dashed(string name) => name.Contains('_', StringComparison.Ordinal) ? ["--" + name[2..].Replace('_', '-')] : [];
}
