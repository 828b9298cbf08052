using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public sealed class PackerTests
{
    private static readonly RowPosition Source = new("a.jsonl", 1);

    [Fact]
    public void A_pair_is_laid_out_as_prompt_chosen_rejected()
    {
        var packed = Packer.Pack([new TokenizedPair([1, 2], [3, 4, 5], [6, 7], Source)]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], packed.Ids);
        Assert.Equal([0, 1, 2, 3, 4, 2, 3], packed.Positions);
        Assert.Equal([new Segment(0, 2, 3, 2)], packed.Segments);
        Assert.Equal([1, 2, 3, 1, 5], packed.PredictedFrom);
        Assert.Equal([3, 4, 5, 6, 7], packed.Targets);
        Assert.Equal([0, 0, 0, 1, 1], packed.SequenceOf);
        Assert.Equal(2, packed.Sequences);
        Assert.Equal(9, packed.SequenceTokens);
    }

    [Fact]
    public void Several_pairs_put_all_chosen_sequences_before_the_rejected_ones()
    {
        var packed = Packer.Pack([new TokenizedPair([1], [2], [3], Source), new TokenizedPair([4, 5], [6], [7, 8], Source)]);
        Assert.Equal([0, 1, 2, 3, 3], packed.SequenceOf);
        Assert.Equal([2, 6, 3, 7, 8], packed.Targets);
        Assert.Equal([0, 4, 0, 4, 6], packed.PredictedFrom);
        Assert.Equal([new Segment(0, 1, 1, 1), new Segment(3, 2, 1, 2)], packed.Segments);
    }

    [Fact]
    public void Without_a_prompt_the_first_completion_token_is_not_scored()
    {
        var packed = Packer.Pack([new TokenizedPair([9], [1], [2], Source), new TokenizedPair([], [3, 4], [5], Source)]);
        Assert.Equal([1, 4, 2], packed.Targets);
        Assert.Equal([0, 1, 2], packed.SequenceOf);
        Assert.Equal([0, 3, 0], packed.PredictedFrom);
    }

    [Fact]
    public void Sequences_score_the_marked_tokens_but_never_the_first()
    {
        var packed = Packer.Pack([new TokenizedSequence([1, 2, 3], [true, false, true], Source), new TokenizedSequence([4], [true], Source), new TokenizedSequence([5, 6], [false, true], Source)]);
        Assert.Equal([0, 1, 2, 0, 0, 1], packed.Positions);
        Assert.Equal([3, 6], packed.Targets);
        Assert.Equal([1, 4], packed.PredictedFrom);
        Assert.Equal([0, 2], packed.SequenceOf);
        Assert.Equal(3, packed.Sequences);
        Assert.Equal(6, packed.SequenceTokens);
    }

    [Fact]
    public void Every_packed_pair_can_be_taken_apart_again()
    {
        var random = new Random(11);
        int[] Ids(int least) => [.. Enumerable.Range(0, random.Next(least, 6)).Select(_ => random.Next(100))];
        var pairs = Enumerable.Range(0, 40).Select(_ => new TokenizedPair(Ids(0), Ids(1), Ids(1), Source)).ToList();
        var packed = Packer.Pack(pairs);
        Assert.Equal(pairs.Sum(p => p.PackedTokens), packed.Ids.Length);
        Assert.Equal(pairs.Sum(p => p.SequenceTokens), packed.SequenceTokens);
        for (var i = 0; i < pairs.Count; i++)
        {
            var segment = packed.Segments[i];
            Assert.Equal([.. pairs[i].PromptIds, .. pairs[i].ChosenIds, .. pairs[i].RejectedIds], packed.Ids.AsSpan(segment.Start, segment.Length).ToArray());
            Assert.Equal(segment.LongestSequence - 1, packed.Positions.Skip(segment.Start).Take(segment.Length).Max());
            AssertScores(packed, i, pairs[i].PromptIds, pairs[i].ChosenIds);
            AssertScores(packed, pairs.Count + i, pairs[i].PromptIds, pairs[i].RejectedIds);
        }
        Assert.Equal(packed.SequenceOf.Order(), packed.SequenceOf);
    }

    [Fact]
    public void An_empty_batch_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Packer.Pack(Array.Empty<TokenizedPair>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Packer.Pack(Array.Empty<TokenizedSequence>()));
    }

    /// <summary>The scored tokens of a sequence are its completion, each predicted by the token one position before it.</summary>
    private static void AssertScores(PackedTokens packed, int sequence, int[] prompt, int[] completion)
    {
        var scored = Enumerable.Range(0, packed.Targets.Length).Where(s => packed.SequenceOf[s] == sequence).ToList();
        Assert.Equal(completion.Skip(prompt.Length == 0 ? 1 : 0), scored.Select(s => packed.Targets[s]));
        int[] whole = [.. prompt, .. completion];
        var first = Math.Max(prompt.Length - 1, 0);
        Assert.Equal(whole[first..^1], scored.Select(s => packed.Ids[packed.PredictedFrom[s]]));
        Assert.Equal(Enumerable.Range(first, scored.Count), scored.Select(s => packed.Positions[packed.PredictedFrom[s]]));
    }
}
