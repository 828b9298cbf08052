namespace AlignSharp.Data.Checks;

/// <summary>A check that needs nothing but one pair.</summary>
internal interface IRowRule
{
    /// <summary>What it finds.</summary>
    FindingKind Kind { get; }

    /// <summary>The place that shows it, as an excerpt safe for a terminal; null where the pair is well.</summary>
    string? Find(PairView pair);
}
