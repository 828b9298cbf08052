using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.RowRules;

/// <summary>UTF-8 that was read as Latin-1 or Windows-1252.</summary>
internal sealed class Mojibake : IRowRule
{
    public FindingKind Kind { get; } = new(
        "mojibake",
        "a text was decoded with the wrong encoding",
        "The bytes of UTF-8 were read as Latin-1 or Windows-1252, so that one character became two or three: long, rare tokens, which the model learns to write.",
        "Read the source again as UTF-8, or mend the texts (encode them as Windows-1252, decode as UTF-8).")
    {
        Severity = FindingKind.Warning,
    };

    public string? Find(PairView pair) => pair.Where(MisreadUtf8.Find);
}
