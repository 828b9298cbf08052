using System.Text.RegularExpressions;
using AlignSharp.Data.Faults;

namespace AlignSharp.Adapters.Lora;

/// <summary>A regular expression over module paths, in the common subset of Python's and .NET's syntax, that cannot run for ever.</summary>
/// <param name="expression">The expression with its anchors.</param>
/// <param name="text">As the user wrote it, for messages.</param>
/// <param name="key">The field it stands in, for messages.</param>
/// <exception cref="ArgumentException">The expression is malformed.</exception>
internal sealed class ModulePattern(string expression, string text, string key)
{
    private readonly Regex _regex = new(expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>PEFT's rule for rank_pattern and alpha_pattern: the end of a path, behind a dot or as a whole.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="key">The field.</param>
    public static ModulePattern OfPathEnd(string text, string key) => new($@"^(.*\.)?({text})$", text, key);

    /// <summary>Whether a path matches.</summary>
    /// <param name="path">A module path.</param>
    /// <exception cref="ConfigurationException">The expression takes too long.</exception>
    public bool Matches(string path) => Match(path).Success;

    /// <summary>The match of a path.</summary>
    /// <param name="path">A module path.</param>
    /// <exception cref="ConfigurationException">The expression takes too long.</exception>
    public Match Match(string path)
    {
        try
        {
            return _regex.Match(path);
        }
        catch (RegexMatchTimeoutException fault)
        {
            throw new ConfigurationException($"{key}: the expression '{text}' takes too long on '{path}'; write it without nested repetition", fault);
        }
    }
}
