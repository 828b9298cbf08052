namespace AlignSharp.Tracking;

/// <summary>Figures of one micro-batch, or their mean over several.</summary>
public sealed record BatchMetrics
{
    /// <summary>Mean loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean entropy of the predicted distributions over the scored tokens, in nats (<c>entropy</c>).</summary>
    public required double Entropy { get; init; }

    /// <summary>Share of scored tokens that were the most probable ones (<c>mean_token_accuracy</c>); of a pair, the chosen completion's.</summary>
    public required double MeanTokenAccuracy { get; init; }

    /// <summary>Whether the loss is the mean negative log-probability of a token, of which perplexity is made.</summary>
    public bool IsCrossEntropy { get; init; }

    /// <summary>Metrics of preference training, or null for other objectives.</summary>
    public PreferenceMetrics? Preference { get; init; }

    /// <summary>The metrics under TRL's names.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named() =>
    [
        new("loss", Loss), .. Preference?.Named() ?? [],
        new("entropy", Entropy), new("mean_token_accuracy", MeanTokenAccuracy),
    ];

    /// <summary>Mean of several measurements with the given weights.</summary>
    /// <param name="parts">Measurements and their weights; the weights sum to more than 0.</param>
    public static BatchMetrics Mean(IReadOnlyList<(BatchMetrics Metrics, double Weight)> parts)
    {
        var total = parts.Sum(p => p.Weight);
        double Of(Func<BatchMetrics, double> value) => parts.Sum(p => value(p.Metrics) * p.Weight) / total;
        return new BatchMetrics
        {
            Loss = Of(m => m.Loss),
            Entropy = Of(m => m.Entropy),
            MeanTokenAccuracy = Of(m => m.MeanTokenAccuracy),
            IsCrossEntropy = parts[0].Metrics.IsCrossEntropy,
            Preference = parts[0].Metrics.Preference is null ? null : PreferenceMetrics.Mean([.. parts.Select(p => (p.Metrics.Preference!, p.Weight))]),
        };
    }
}
