using System.Buffers;

namespace AlignSharp.Data.Checks.RowRules;

/// <summary>A control of writing direction.</summary>
internal sealed class BidiControl : IRowRule
{
    // Embeddings, overrides and isolates. The marks U+200E, U+200F and U+061C are ordinary in Hebrew and Arabic.
    private static readonly SearchValues<char> Controls = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    public FindingKind Kind { get; } = new(
        "bidi-control",
        "a text holds controls of writing direction",
        "They are invisible and let a text look other than it is read by the model. Honest in mixed writing, a trick elsewhere.",
        "Look at the rows.")
    {
        Severity = FindingKind.Info,
    };

    public string? Find(PairView pair) => pair.Where(text => text.AsSpan().IndexOfAny(Controls));
}
