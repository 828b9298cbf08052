namespace AlignSharp.Data.Checks;

/// <summary>What <see cref="PreferenceCheck"/> found. Equal pairs, options and seed give equal reports.</summary>
public sealed record CheckReport
{
    /// <summary>Training pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>Evaluation pairs.</summary>
    public required int EvaluationPairs { get; init; }

    /// <summary>Rows that could not be read.</summary>
    public required int UnreadableRows { get; init; }

    /// <summary>Pairs of which a run trains less than the whole.</summary>
    public required int TruncatedPairs { get; init; }

    /// <summary>What lengths count: <c>tokens</c>, or <c>characters</c> where a pair has no ids.</summary>
    public required string LengthUnit { get; init; }

    /// <summary>Lengths of prompts before anything is cut.</summary>
    public required LengthSummary PromptLengths { get; init; }

    /// <summary>Lengths of chosen completions before anything is cut.</summary>
    public required LengthSummary ChosenLengths { get; init; }

    /// <summary>Lengths of rejected completions before anything is cut.</summary>
    public required LengthSummary RejectedLengths { get; init; }

    /// <summary>How well length tells the better completion, of what is trained; null without pairs.</summary>
    public required LengthBias? LengthBias { get; init; }

    /// <summary>How well words tell the better completion; null where there are too few pairs or no texts.</summary>
    public required ShortcutTest? Shortcut { get; init; }

    /// <summary>The findings, always in the same order of kinds.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Training rows that a cleaned copy leaves out, in the order in which they were added, each once.</summary>
    public required IReadOnlyList<LeftOutRow> LeftOut { get; init; }

    /// <summary>The gravest severity among the findings; null where there are none.</summary>
    public FindingSeverity? Worst => Findings.Count == 0 ? null : Findings.Max(finding => finding.Severity);
}
