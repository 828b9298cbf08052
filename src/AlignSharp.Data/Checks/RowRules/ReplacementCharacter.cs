namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A text holds U+FFFD, what decoders put for bytes that they could not read.</summary>
internal sealed class ReplacementCharacter : IRowRule
{
    public FindingKind Kind { get; } = new(
        "replacement-character",
        "a text holds the replacement character U+FFFD",
        "A decoder met bytes that it could not read: characters are lost.",
        "Read the source again in the encoding that it has, or remove the rows.")
    {
        Severity = FindingKind.Warning,
    };

    public string? Find(PairView pair) => pair.Where(text => text.IndexOf('\uFFFD', StringComparison.Ordinal));
}
