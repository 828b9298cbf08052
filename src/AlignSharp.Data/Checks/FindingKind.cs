namespace AlignSharp.Data.Checks;

/// <summary>What all findings of one code have in common.</summary>
/// <param name="Code">Its name for programs.</param>
/// <param name="Title">What was found, as half a sentence.</param>
/// <param name="Meaning">What it does to a run.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record FindingKind(string Code, string Title, string Meaning, string Remedy)
{
    /// <summary>How grave it is, by the share of pairs with it.</summary>
    public required Func<double, FindingSeverity> Severity { get; init; }

    /// <summary>Whether a cleaned copy leaves such pairs out.</summary>
    public bool IsLeftOut { get; init; }

    public static FindingSeverity Error(double share) => FindingSeverity.Error;

    public static FindingSeverity Warning(double share) => FindingSeverity.Warning;

    public static FindingSeverity Info(double share) => FindingSeverity.Info;
}
