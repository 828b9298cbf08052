using AlignSharp.Data.Pairs;

namespace AlignSharp.Diagnostics;

/// <summary>What a row of the training set costs.</summary>
/// <param name="Tokens">Tokens that a step computes for it; a pair's prompt counts once.</param>
/// <param name="Scored">Tokens whose log-probability is computed.</param>
/// <param name="Attended">Pairs of a token and one that it sees, itself included.</param>
public readonly record struct RowSize(int Tokens, int Scored, double Attended)
{
    /// <summary>A preference pair.</summary>
    /// <param name="pair">The pair.</param>
    public static RowSize Of(TokenizedPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        int prompt = pair.PromptIds.Length, chosen = pair.ChosenIds.Length, rejected = pair.RejectedIds.Length;
        // Nothing predicts the first token of a completion without a prompt.
        var unscored = prompt > 0 ? 0 : 2;
        return new RowSize(pair.PackedTokens, Math.Max(0, chosen + rejected - unscored), Triangle(prompt + chosen) + (double)prompt * rejected + Triangle(rejected));
    }

    /// <summary>A row of supervised fine-tuning.</summary>
    /// <param name="row">The row.</param>
    public static RowSize Of(SequenceGroup row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new RowSize(row.Tokens, row.ScoredTokens, row.Sequences.Sum(sequence => Triangle(sequence.Ids.Length)));
    }

    /// <summary>Several rows in one batch.</summary>
    /// <param name="rows">The rows.</param>
    public static RowSize Sum(IEnumerable<RowSize> rows) =>
        rows.Aggregate(new RowSize(), (sum, row) => new RowSize(sum.Tokens + row.Tokens, sum.Scored + row.Scored, sum.Attended + row.Attended));

    private static double Triangle(double length) => length * (length + 1) / 2;
}
