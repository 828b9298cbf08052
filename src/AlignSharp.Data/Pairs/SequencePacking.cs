using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// Puts sequences together into rows of at most a fixed length, with the results of TRL 1.9's strategies. <see cref="PackingStrategy.Wrapped"/> also gives the blocks of
/// TRL 0.7's ConstantLengthDataset for texts that end in the end of sequence, but keeps the last, shorter block, which that one drops.
/// </summary>
public static class SequencePacking
{
    /// <summary>Packs.</summary>
    /// <param name="sequences">Sequences in order, each at least one token.</param>
    /// <param name="strategy">How.</param>
    /// <param name="length">Most tokens of a row, at least 2.</param>
    /// <returns>Rows in the order in which the strategy makes them.</returns>
    public static IReadOnlyList<SequenceGroup> Pack(IReadOnlyList<TokenizedSequence> sequences, PackingStrategy strategy, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return strategy switch
        {
            PackingStrategy.BestFit => BestFit([.. sequences.Select(sequence => Part(sequence, 0, Math.Min(length, sequence.Ids.Length)))], length),
            PackingStrategy.BestFitSplit => BestFit([.. sequences.SelectMany(sequence => Parts(sequence, length))], length),
            PackingStrategy.Wrapped => [.. Wrap(sequences, length)],
            _ => [.. sequences.Select(sequence => new SequenceGroup([sequence]))],
        };
    }

    /// <summary>The rows of <see cref="PackingStrategy.Wrapped"/> one after the other; sequences are read as far as rows are asked for.</summary>
    /// <param name="sequences">Sequences in order, each at least one token; may have no end.</param>
    /// <param name="length">Tokens of a row, at least 2; only the last may have fewer.</param>
    public static IEnumerable<SequenceGroup> Wrap(IEnumerable<TokenizedSequence> sequences, int length)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return WrapRows(sequences, length);
    }

    private static IReadOnlyList<SequenceGroup> BestFit(TokenizedSequence[] parts, int length) =>
        [.. TokenBudget.BestFitDecreasing(Array.ConvertAll(parts, part => part.Ids.Length), length).Select(row => new SequenceGroup([.. row.Select(i => parts[i])]))];

    private static IEnumerable<TokenizedSequence> Parts(TokenizedSequence sequence, int length)
    {
        for (var start = 0; start < sequence.Ids.Length; start += length) yield return Part(sequence, start, Math.Min(length, sequence.Ids.Length - start));
    }

    private static TokenizedSequence Part(TokenizedSequence sequence, int start, int count) => count == sequence.Ids.Length
        ? sequence
        : sequence with { Ids = sequence.Ids[start..(start + count)], Scored = sequence.Scored[start..(start + count)] };

    private static IEnumerable<SequenceGroup> WrapRows(IEnumerable<TokenizedSequence> sequences, int length)
    {
        var (ids, scored) = (new List<int>(length), new List<bool>(length));
        RowPosition? source = null;
        foreach (var sequence in sequences)
        {
            for (var i = 0; i < sequence.Ids.Length; i++)
            {
                source ??= sequence.Source;
                ids.Add(sequence.Ids[i]);
                scored.Add(sequence.Scored[i]);
                if (ids.Count == length) yield return Finish();
            }
        }
        if (ids.Count > 0) yield return Finish();

        SequenceGroup Finish()
        {
            var row = new SequenceGroup([new TokenizedSequence([.. ids], [.. scored], source!.Value)]);
            ids.Clear();
            scored.Clear();
            source = null;
            return row;
        }
    }
}
