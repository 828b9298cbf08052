namespace AlignSharp.Data.Checks.RowRules;

/// <summary>The ends of answers in tokens.</summary>
/// <param name="eosIds">The ids that end a sequence; none where they are not known.</param>
internal sealed class AnswerEnds(IReadOnlyList<int> eosIds)
{
    private readonly int[] _eosIds = [.. eosIds];

    /// <summary>Whether it is known what ends a sequence.</summary>
    public bool AreKnown => _eosIds.Length > 0;

    /// <summary>Whether ids end in the end of sequence.</summary>
    public bool Has(ReadOnlySpan<int> ids) => ids.Length > 0 && _eosIds.AsSpan().Contains(ids[^1]);

    /// <summary>Tokens without the end of sequence.</summary>
    public int TokensBeforeEnd(ReadOnlySpan<int> ids)
    {
        while (Has(ids)) ids = ids[..^1];
        return ids.Length;
    }
}
