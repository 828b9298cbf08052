using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks.WholeSet;

/// <summary>Preferences of one prompt that cannot all hold: a over b and b over a, or a over b over c over a.</summary>
internal sealed class Contradictions : ICheck
{
    private static readonly FindingKind Kind = new(
        "contradiction",
        "rows contradict each other",
        "For one prompt the preferences go in a circle, so no order of the answers satisfies them: their gradients cancel out, and the loss cannot fall below ln 2 on them.",
        "Decide for one side, or remove all of them; where several people judged, keep the majority.")
    {
        Severity = FindingKind.Warning,
        IsLeftOut = true,
    };

    public void Add(PairView pair)
    {
    }

    public IEnumerable<Tally> Finish(PairLog log)
    {
        var tally = new Tally(Kind);
        foreach (var (ordinal, other) in Circles(log).OrderBy(found => found.Ordinal))
            tally.Add(ordinal, log.Sources[ordinal], () => Explain(log, ordinal, other));
        return [tally];
    }

    private static string Explain(PairLog log, int ordinal, int other)
    {
        var isOpposite = log.Keys[other].Rejected == log.Keys[ordinal].Chosen;
        return Excerpt.Escaped(isOpposite ? $"the opposite of {log.Sources[other]}" : $"in a circle with {log.Sources[other]} and others");
    }

    // Pairs on circles, each with the next pair of its circle.
    private static IEnumerable<(int Ordinal, int Next)> Circles(PairLog log)
    {
        var byPrompt = Enumerable.Range(0, log.Count).ToArray();
        Array.Sort([.. byPrompt.Select(ordinal => (log.Keys[ordinal].Prompt, ordinal))], byPrompt);
        for (var start = 0; start < byPrompt.Length;)
        {
            var end = start + 1;
            while (end < byPrompt.Length && log.Keys[byPrompt[end]].Prompt == log.Keys[byPrompt[start]].Prompt) end++;
            if (end - start > 1)
                foreach (var found in CirclesOfPrompt(log, byPrompt.AsMemory(start, end - start))) yield return found;
            start = end;
        }
    }

    private static IEnumerable<(int Ordinal, int Next)> CirclesOfPrompt(PairLog log, ReadOnlyMemory<int> ordinals)
    {
        var nodes = new Dictionary<ulong, int>();
        int Node(ulong answer)
        {
            nodes.TryAdd(answer, nodes.Count);
            return nodes[answer];
        }
        var pairs = new List<(int Ordinal, int From, int To)>();
        foreach (var ordinal in ordinals.Span)
            if (log.Keys[ordinal] is var keys && keys.Chosen != keys.Rejected) pairs.Add((ordinal, Node(keys.Chosen), Node(keys.Rejected)));

        var component = Cycles.Components(nodes.Count, [.. pairs.Select(pair => (pair.From, pair.To))]);
        var onCircle = pairs.FindAll(pair => component[pair.From] == component[pair.To]);
        var opposite = new Dictionary<(int, int), int>();
        var leaving = new Dictionary<int, int>();
        foreach (var (ordinal, from, to) in onCircle)
        {
            opposite.TryAdd((from, to), ordinal);
            leaving.TryAdd(from, ordinal);
        }
        foreach (var (ordinal, from, to) in onCircle) yield return (ordinal, opposite.TryGetValue((to, from), out var other) ? other : leaving[to]);
    }
}
