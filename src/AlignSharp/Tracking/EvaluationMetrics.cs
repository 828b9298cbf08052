namespace AlignSharp.Tracking;

/// <summary>What is logged of an evaluation.</summary>
public sealed record EvaluationMetrics
{
    /// <summary>Updates done when it was taken.</summary>
    public required int Step { get; init; }

    /// <summary>Epochs done, a fraction.</summary>
    public required double Epoch { get; init; }

    /// <summary>Means over all rows of the evaluation set.</summary>
    public required BatchMetrics Batch { get; init; }

    /// <summary>Wall time, seconds.</summary>
    public required double Runtime { get; init; }

    /// <summary>The metrics under TRL's names, each with <c>eval_</c> in front.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named() =>
    [
        .. Batch.Named().Select(m => new KeyValuePair<string, double>("eval_" + m.Key, m.Value)),
        .. Perplexity is { } perplexity ? [new("eval_perplexity", perplexity)] : Array.Empty<KeyValuePair<string, double>>(),
        new("eval_runtime", Runtime),
    ];

    /// <summary>e to the mean loss a token, where the loss is a cross-entropy; null otherwise.</summary>
    public double? Perplexity => Batch.IsCrossEntropy ? Math.Exp(Batch.Loss) : null;
}
