namespace AlignSharp.Data.Checks.RowRules;

/// <summary>The ends of answers in tokens.</summary>
/// <param name="eosIds">The ids that end a sequence; none where they are not known.</param>
internal sealed class AnswerEnds(IReadOnlyList<int> eosIds)
{
    private readonly int[] _eosIds = [.. eosIds];

    /// <summary>Whether it is known what ends a sequence.</summary>
    public bool AreKnown => _eosIds.Length > 0;

    // Templates put a line break behind the end of a turn (ChatML), which some tokenizers write as two tokens.
    private const int MostBehind = 2;

    /// <summary>Whether ids end in the end of sequence, or in it and a line break of the template.</summary>
    public bool Has(ReadOnlySpan<int> ids) => ids.Length > 0 && ids[Math.Max(0, ids.Length - 1 - MostBehind)..].ContainsAny(_eosIds);

    /// <summary>Tokens without the end of sequence.</summary>
    public int TokensBeforeEnd(ReadOnlySpan<int> ids)
    {
        while (Has(ids)) ids = ids[..ids.LastIndexOfAny(_eosIds)];
        return ids.Length;
    }
}
