using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;

namespace AlignSharp.Testing;

/// <summary>Random token pairs of unequal lengths.</summary>
public static class TinyPairs
{
    /// <summary>Pairs whose ids are below 96.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Equal seeds give equal pairs.</param>
    /// <param name="longest">Most tokens of a prompt or completion.</param>
    public static IReadOnlyList<TokenizedPair> Create(int count, int seed, int longest = 9)
    {
        var random = new Random(seed);
        int[] Ids() => [.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => random.Next(3, 96))];
        return [.. Enumerable.Range(1, count).Select(line => new TokenizedPair(Ids(), Ids(), Ids(), new RowPosition("pairs.jsonl", line)))];
    }

    /// <summary>Prompt and chosen completion as one sequence, the completion scored.</summary>
    /// <param name="pair">A pair.</param>
    public static TokenizedSequence ChosenSequence(TokenizedPair pair) =>
        new([.. pair.PromptIds, .. pair.ChosenIds], [.. pair.PromptIds.Select(_ => false), .. pair.ChosenIds.Select(_ => true)], pair.Source);
}
