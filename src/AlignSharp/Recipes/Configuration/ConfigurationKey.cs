namespace AlignSharp.Recipes.Configuration;

/// <summary>One line of the key table: what a key is, what it takes, and what this version does with it.</summary>
public sealed record ConfigurationKey
{
    /// <summary>The key as TRL, transformers or PEFT write it, with underscores.</summary>
    public required string Name { get; init; }

    /// <summary>Where the key comes from, for example <c>DPOConfig</c>; <c>AlignSharp</c> for our own.</summary>
    public required string Origin { get; init; }

    /// <summary>What this version does with it.</summary>
    public required KeyKind Kind { get; init; }

    /// <summary>Its heading in help and documentation.</summary>
    public required KeyGroup Group { get; init; }

    /// <summary>What its value must be.</summary>
    public required KeyType Type { get; init; }

    /// <summary>The default as YAML text; <c>null</c> when there is none.</summary>
    public required string Default { get; init; }

    /// <summary>One line on what the key does.</summary>
    public required string Explanation { get; init; }

    /// <summary>Why a satisfied key needs nothing, or why a refused key is refused; empty for honoured keys.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The values that are accepted; empty when any value of the type is.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Values that upstream knows and this version refuses by name.</summary>
    public IReadOnlyList<string> RefusedChoices { get; init; } = [];

    /// <summary>Why <see cref="RefusedChoices"/> are refused.</summary>
    public string RefusedChoicesReason { get; init; } = "it is not available in this version";

    /// <summary>For refused keys, the values as YAML text, besides null and the default, that turn the key off.</summary>
    public IReadOnlyList<string> OffValues { get; init; } = [];

    /// <summary>Smallest accepted number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest accepted number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Minimum"/> itself is refused.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>Whether <see cref="Maximum"/> itself is refused.</summary>
    public bool BelowMaximum { get; init; }

    /// <summary>Whether numbers of 1 and more must be whole: below 1 the number is a fraction of all steps.</summary>
    public bool StepsOrFraction { get; init; }

    /// <summary>Whether null is accepted though the default is another value.</summary>
    public bool AcceptsNull { get; init; }

    /// <summary>Whether the value must never be printed.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The key that this one is another name of; null for most.</summary>
    public string? AliasOf { get; init; }

    /// <summary>TRL 1.9's default where ours differs; null where it does not.</summary>
    public string? TrlDefault { get; init; }

    /// <summary>Why our default differs; empty where it does not.</summary>
    public string DeviationReason { get; init; } = "";

    /// <summary>Whether null may be given.</summary>
    public bool IsNullable => AcceptsNull || Default == "null";

    /// <summary>The default as a value.</summary>
    public ConfigurationValue DefaultValue => ConfigurationText.Parse(Default, Type);
}
