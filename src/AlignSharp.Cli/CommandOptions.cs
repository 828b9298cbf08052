using System.CommandLine;
using System.Globalization;
using AlignSharp.Data.Faults;

namespace AlignSharp.Cli;

/// <summary>
/// The options of a command that reads no configuration file: names in both spellings, and values checked strictly. Names that are
/// not known are found by <see cref="UnknownWords"/>.
/// </summary>
internal sealed class CommandOptions
{
    private readonly Command _command;

    /// <summary>Begins with no options.</summary>
    /// <param name="command">The command that gets them.</param>
    public CommandOptions(Command command) => _command = command;

    /// <summary>An option with a value.</summary>
    /// <param name="name">Name with underscores, without the dashes in front.</param>
    /// <param name="value">What the value is, for the help.</param>
    /// <param name="description">One sentence; ends with the default in brackets where there is one.</param>
    public Option<string?> Value(string name, string value, string description) => Add(new Option<string?>("--" + name, Dashed(name)) { HelpName = value, Description = description });

    /// <summary>An option with a value that must be given.</summary>
    /// <inheritdoc cref="Value"/>
    public Option<string> Required(string name, string value, string description) =>
        Add(new Option<string>("--" + name, Dashed(name)) { HelpName = value, Description = description, Required = true });

    /// <summary>An option that may be given several times.</summary>
    /// <inheritdoc cref="Value"/>
    public Option<string[]> Values(string name, string value, string description) =>
        Add(new Option<string[]>("--" + name, Dashed(name)) { HelpName = value, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false });

    /// <summary>An option that is on when it is given.</summary>
    /// <inheritdoc cref="Value"/>
    public Option<bool> Switch(string name, string description) => Add(new Option<bool>("--" + name, Dashed(name)) { Description = description });

    /// <summary>The file that the command reads.</summary>
    /// <param name="description">One sentence.</param>
    public Argument<string> File(string description)
    {
        var file = new Argument<string>("FILE") { Description = description };
        _command.Add(file);
        return file;
    }

    /// <summary>The whole number that an option was given, or null.</summary>
    /// <exception cref="ConfigurationException">The value is no whole number.</exception>
    public static int? Whole(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ConfigurationException($"option {option.Name}: {text} is not a whole number");

    /// <summary>The number that an option was given, or null.</summary>
    /// <exception cref="ConfigurationException">The value is no number.</exception>
    public static double? Number(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw new ConfigurationException($"option {option.Name}: {text} is not a number");

    /// <summary>The numbers that an option was given, repeated or separated by commas; none when it was not given.</summary>
    /// <exception cref="ConfigurationException">A value is no number.</exception>
    public static IReadOnlyList<double> Numbers(ParseResult parsed, Option<string[]> option) =>
    [
        .. (parsed.GetValue(option) ?? []).SelectMany(text => text.Split(',')).Select(text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw new ConfigurationException($"option {option.Name}: {text} is not a number")),
    ];

    /// <summary>The choice that an option was given, or null.</summary>
    /// <exception cref="ConfigurationException">The value is none of the choices.</exception>
    public static T? Choice<T>(ParseResult parsed, Option<string?> option, IReadOnlyDictionary<string, T> choices) where T : struct => parsed.GetValue(option) is not { } text ? null
        : choices.TryGetValue(text, out var choice) ? choice
        : throw new ConfigurationException($"option {option.Name}: {text} is not known; expected {string.Join(", ", choices.Keys)}");

    private T Add<T>(T option) where T : Option
    {
        _command.Add(option);
        return option;
    }

    // Both spellings, but only once where they are the same.
    private static string[] Dashed(string name) => name.Contains('_', StringComparison.Ordinal) ? ["--" + name.Replace('_', '-')] : [];
}
