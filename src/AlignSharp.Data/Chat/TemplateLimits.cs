using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Chat;

/// <summary>
/// What one render may use at most. Templates come with models that somebody else made, so that a bad one must end with a message
/// and not with a machine that hangs. The defaults are far above what conversations need.
/// </summary>
public sealed record TemplateLimits
{
    /// <summary>Statements, turns of loops, calls and elements that are walked through; default 20,000,000.</summary>
    /// <exception cref="ConfigurationException">Less than 1.</exception>
    public long MaxSteps { get; init => field = Positive(value, nameof(MaxSteps)); } = 20_000_000;

    /// <summary>How deep macros may call macros; default 100.</summary>
    /// <exception cref="ConfigurationException">Less than 1.</exception>
    public int MaxDepth { get; init => field = (int)Positive(value, nameof(MaxDepth)); } = 100;

    /// <summary>Characters (UTF-16 units) of the output and of every text that the template makes on the way; default 16,777,216.</summary>
    /// <exception cref="ConfigurationException">Less than 1.</exception>
    public int MaxOutputLength { get; init => field = (int)Positive(value, nameof(MaxOutputLength)); } = 1 << 24;

    /// <summary>Elements of a <c>range</c> and of a list that is multiplied; default 100,000, as in Jinja's sandbox.</summary>
    /// <exception cref="ConfigurationException">Less than 1.</exception>
    public int MaxRange { get; init => field = (int)Positive(value, nameof(MaxRange)); } = 100_000;

    private static long Positive(long value, string name)
        => value >= 1 ? value : throw new ConfigurationException($"TemplateLimits.{name}: found {value}, expected at least 1");
}
