using System.Runtime.InteropServices;
using AlignSharp.Data.Faults;

namespace AlignSharp.Generation;

/// <summary>Draws one token from a row of logits, in transformers' order: repetition penalty, temperature, top-k, top-p.</summary>
/// <param name="options">How to draw.</param>
/// <param name="stream">Number of the completion, which together with the seed fixes its random stream.</param>
internal sealed class TokenSampler(SamplingOptions options, int stream)
{
    // Weights are relative to the largest one.
    private const double HighestBar = 1e-2;
    private const double BarStep = 1e-2;
    private const double LowestBar = 1e-12;

    // Two multiplications by odd constants spread neighbouring seeds and streams apart.
    private readonly Random _random = new(unchecked(options.Seed * 0x2545F491 + stream * 0x1B873593));
    private readonly List<(float Value, int Id)> _nucleus = [];
    private readonly PriorityQueue<int, (float Value, int MinusId)> _best = new();
    private (float Value, int Id)[] _candidates = [];

    /// <summary>Draws a token.</summary>
    /// <param name="logits">Logits of the vocabulary; changed in place.</param>
    /// <param name="seen">Tokens of prompt and completion so far.</param>
    /// <exception cref="DivergenceException">A logit is NaN or positive infinity.</exception>
    public int Draw(Span<float> logits, IReadOnlySet<int> seen)
    {
        RequireUsable(logits);
        if (options.RepetitionPenalty != 1) Penalize(logits, seen);
        return options.Temperature == 0 ? Greedy(logits) : Sample(logits);
    }

    // Drawn from such logits, a text would be noise that looks like a completion.
    private static void RequireUsable(ReadOnlySpan<float> logits)
    {
        foreach (var logit in logits)
            if (float.IsNaN(logit) || float.IsPositiveInfinity(logit))
                throw new DivergenceException("The model's logits are not finite; compute in float32 or bfloat16 (dtype), or use a model whose training has not diverged.");
    }

    private void Penalize(Span<float> logits, IReadOnlySet<int> seen)
    {
        foreach (var id in seen)
            logits[id] = (float)(logits[id] > 0 ? logits[id] / options.RepetitionPenalty : logits[id] * options.RepetitionPenalty);
    }

    private static int Greedy(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var id = 1; id < logits.Length; id++)
            if (logits[id] > logits[best]) best = id;
        return best;
    }

    private int Sample(ReadOnlySpan<float> logits)
    {
        var kept = options.TopK > 0 && options.TopK < logits.Length ? Largest(logits, options.TopK) : All(logits);
        var highest = float.NegativeInfinity;
        foreach (var (value, _) in kept) highest = Math.Max(highest, value);
        var total = 0.0;
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i].Value = (float)Math.Exp((kept[i].Value - highest) / options.Temperature);
            total += kept[i].Value;
        }
        if (options.TopP < 1) kept = Nucleus(kept, options.TopP * total, out total);
        var point = _random.NextDouble() * total;
        foreach (var (weight, id) in kept)
            if ((point -= weight) < 0) return id;
        return kept[^1].Id;
    }

    private Span<(float Value, int Id)> All(ReadOnlySpan<float> logits)
    {
        if (_candidates.Length != logits.Length) _candidates = new (float, int)[logits.Length];
        for (var id = 0; id < logits.Length; id++) _candidates[id] = (logits[id], id);
        return _candidates;
    }

    // Kept as a heap whose root is the least of the best: most tokens are turned away by one comparison.
    private Span<(float Value, int Id)> Largest(ReadOnlySpan<float> logits, int count)
    {
        if (_candidates.Length != count) _candidates = new (float, int)[count];
        _best.Clear();
        for (var id = 0; id < logits.Length; id++)
        {
            if (_best.Count < count) _best.Enqueue(id, (logits[id], -id));
            else if (_best.TryPeek(out _, out var least) && logits[id] > least.Value) _best.EnqueueDequeue(id, (logits[id], -id));
        }
        for (var i = count - 1; i >= 0; i--)
        {
            _best.TryDequeue(out var id, out var rank);
            _candidates[i] = (rank.Value, id);
        }
        return _candidates;
    }

    // The most probable tokens whose weights reach the sum, most probable first. Sorts those above a bar alone, and lowers the bar until they suffice.
    private Span<(float Value, int Id)> Nucleus(Span<(float Value, int Id)> weights, double wanted, out double sum)
    {
        for (var bar = HighestBar; ; bar *= BarStep)
        {
            if (bar < LowestBar) bar = 0;
            _nucleus.Clear();
            foreach (var candidate in weights)
                if (candidate.Value >= bar) _nucleus.Add(candidate);
            _nucleus.Sort(static (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : a.Id.CompareTo(b.Id));
            (sum, var count) = (0.0, 0);
            while (count < _nucleus.Count && (count == 0 || sum < wanted)) sum += _nucleus[count++].Value;
            if (sum >= wanted || bar == 0) return CollectionsMarshal.AsSpan(_nucleus)[..count];
        }
    }
}
