using AlignSharp.Data.Faults;

namespace AlignSharp.Generation;

/// <summary>Draws one token from a row of logits, in transformers' order: repetition penalty, temperature, top-k, top-p.</summary>
/// <param name="options">How to draw.</param>
/// <param name="stream">Number of the completion, which together with the seed fixes its random stream.</param>
internal sealed class TokenSampler(SamplingOptions options, int stream)
{
    // Two multiplications by odd constants spread neighbouring seeds and streams apart.
    private readonly Random _random = new(unchecked(options.Seed * 0x2545F491 + stream * 0x1B873593));
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
        var kept = Candidates(logits);
        var highest = float.NegativeInfinity;
        foreach (var (value, _) in kept) highest = Math.Max(highest, value);
        var total = 0.0;
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i].Value = (float)Math.Exp((kept[i].Value - highest) / options.Temperature);
            total += kept[i].Value;
        }
        if (options.TopP < 1)
        {
            kept = kept[..NucleusSize(kept, options.TopP * total, out var sum)];
            total = sum;
        }
        var point = _random.NextDouble() * total;
        foreach (var (weight, id) in kept)
            if ((point -= weight) < 0) return id;
        return kept[^1].Id;
    }

    // The k largest (all of them when top-k is off); sorted downwards whenever an order is needed.
    private Span<(float Value, int Id)> Candidates(ReadOnlySpan<float> logits)
    {
        if (_candidates.Length != logits.Length) _candidates = new (float, int)[logits.Length];
        for (var id = 0; id < logits.Length; id++) _candidates[id] = (logits[id], id);
        if (options.TopK <= 0 && options.TopP >= 1) return _candidates;
        Array.Sort(_candidates, static (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : a.Id.CompareTo(b.Id));
        return options.TopK > 0 ? _candidates.AsSpan(0, Math.Min(options.TopK, _candidates.Length)) : _candidates;
    }

    private static int NucleusSize(ReadOnlySpan<(float Value, int Id)> sorted, double wanted, out double sum)
    {
        (sum, var count) = (0.0, 0);
        while (count < sorted.Length && (count == 0 || sum < wanted)) sum += sorted[count++].Value;
        return count;
    }
}
