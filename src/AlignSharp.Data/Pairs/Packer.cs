namespace AlignSharp.Data.Pairs;

/// <summary>Lays pairs or sequences out as <see cref="PackedTokens"/>: no padding, and a pair's prompt once.</summary>
public static class Packer
{
    /// <summary>
    /// Packs pairs: per pair one segment [prompt, chosen, rejected]. Sequence <c>i</c> is the chosen one of pair <c>i</c>,
    /// sequence <c>pairs + i</c> its rejected one. With an empty prompt the first completion token is not scored, as nothing predicts it.
    /// </summary>
    /// <param name="pairs">At least one pair.</param>
    public static PackedTokens Pack(IReadOnlyList<TokenizedPair> pairs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count);
        var layout = new Layout(pairs.Sum(p => p.PackedTokens));
        var rejected = new List<(int Start, int Prompt, int[] Ids, int From)>(pairs.Count);
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            var start = layout.Count;
            var prompt = pair.PromptIds.Length;
            layout.Segments.Add(new Segment(start, prompt, pair.ChosenIds.Length, pair.RejectedIds.Length));
            layout.Append(pair.PromptIds, 0);
            var chosenStart = layout.Append(pair.ChosenIds, prompt);
            var rejectedStart = layout.Append(pair.RejectedIds, prompt);
            layout.ScoreBranch(pair.ChosenIds, chosenStart, start + prompt - 1, prompt > 0, sequence: i);
            rejected.Add((rejectedStart, prompt, pair.RejectedIds, start + prompt - 1));
        }
        for (var i = 0; i < pairs.Count; i++)
            layout.ScoreBranch(rejected[i].Ids, rejected[i].Start, rejected[i].From, rejected[i].Prompt > 0, sequence: pairs.Count + i);
        return layout.Finish(2 * pairs.Count, pairs.Sum(p => p.SequenceTokens));
    }

    /// <summary>Packs sequences: each is one segment without branches.</summary>
    /// <param name="sequences">At least one sequence.</param>
    public static PackedTokens Pack(IReadOnlyList<TokenizedSequence> sequences)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sequences.Count);
        var layout = new Layout(sequences.Sum(s => s.Ids.Length));
        for (var i = 0; i < sequences.Count; i++)
        {
            var (ids, scored, _) = sequences[i];
            var start = layout.Append(ids, 0);
            layout.Segments.Add(new Segment(start, ids.Length, 0, 0));
            for (var t = 1; t < ids.Length; t++)
                if (scored[t]) layout.Score(start + t - 1, ids[t], i);
        }
        return layout.Finish(sequences.Count, layout.Count);
    }

    private sealed class Layout(int tokens)
    {
        private readonly int[] _ids = new int[tokens];
        private readonly int[] _positions = new int[tokens];
        private readonly List<int> _from = [];
        private readonly List<int> _targets = [];
        private readonly List<int> _sequenceOf = [];

        public List<Segment> Segments { get; } = [];

        public int Count { get; private set; }

        public int Append(int[] ids, int firstPosition)
        {
            var start = Count;
            ids.CopyTo(_ids, start);
            for (var i = 0; i < ids.Length; i++) _positions[start + i] = firstPosition + i;
            Count += ids.Length;
            return start;
        }

        public void ScoreBranch(int[] ids, int start, int lastOfTrunk, bool hasTrunk, int sequence)
        {
            if (hasTrunk && ids.Length > 0) Score(lastOfTrunk, ids[0], sequence);
            for (var i = 1; i < ids.Length; i++) Score(start + i - 1, ids[i], sequence);
        }

        public void Score(int from, int target, int sequence)
        {
            _from.Add(from);
            _targets.Add(target);
            _sequenceOf.Add(sequence);
        }

        public PackedTokens Finish(int sequences, int sequenceTokens) =>
            new(_ids, _positions, [.. Segments], [.. _from], [.. _targets], [.. _sequenceOf], sequences, sequenceTokens);
    }
}
