namespace AlignSharp.Tracking;

/// <summary>TRL's metrics of preference training, as plain numbers.</summary>
public sealed record PreferenceMetrics
{
    /// <summary>Mean implicit reward of the chosen completions (<c>rewards/chosen</c>).</summary>
    public required double RewardsChosen { get; init; }

    /// <summary>Mean implicit reward of the rejected completions (<c>rewards/rejected</c>).</summary>
    public required double RewardsRejected { get; init; }

    /// <summary>Share of pairs whose chosen reward is strictly higher (<c>rewards/accuracies</c>).</summary>
    public required double RewardsAccuracies { get; init; }

    /// <summary>Mean of chosen minus rejected reward (<c>rewards/margins</c>).</summary>
    public required double RewardsMargins { get; init; }

    /// <summary>Mean summed log-probability of the chosen completions under the policy (<c>logps/chosen</c>).</summary>
    public required double LogpsChosen { get; init; }

    /// <summary>Mean summed log-probability of the rejected completions (<c>logps/rejected</c>).</summary>
    public required double LogpsRejected { get; init; }

    /// <summary>Mean logit over completion tokens and vocabulary of the chosen completions (<c>logits/chosen</c>).</summary>
    public required double LogitsChosen { get; init; }

    /// <summary>The same of the rejected completions (<c>logits/rejected</c>).</summary>
    public required double LogitsRejected { get; init; }

    /// <summary>The metrics under TRL's names.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named() =>
    [
        new("rewards/chosen", RewardsChosen), new("rewards/rejected", RewardsRejected),
        new("rewards/accuracies", RewardsAccuracies), new("rewards/margins", RewardsMargins),
        new("logps/chosen", LogpsChosen), new("logps/rejected", LogpsRejected),
        new("logits/chosen", LogitsChosen), new("logits/rejected", LogitsRejected),
    ];

    /// <summary>Mean of several measurements with the given weights.</summary>
    /// <param name="parts">Measurements and their weights; the weights sum to more than 0.</param>
    public static PreferenceMetrics Mean(IReadOnlyList<(PreferenceMetrics Metrics, double Weight)> parts)
    {
        var total = parts.Sum(p => p.Weight);
        double Of(Func<PreferenceMetrics, double> value) => parts.Sum(p => value(p.Metrics) * p.Weight) / total;
        return new PreferenceMetrics
        {
            RewardsChosen = Of(m => m.RewardsChosen),
            RewardsRejected = Of(m => m.RewardsRejected),
            RewardsAccuracies = Of(m => m.RewardsAccuracies),
            RewardsMargins = Of(m => m.RewardsMargins),
            LogpsChosen = Of(m => m.LogpsChosen),
            LogpsRejected = Of(m => m.LogpsRejected),
            LogitsChosen = Of(m => m.LogitsChosen),
            LogitsRejected = Of(m => m.LogitsRejected),
        };
    }
}
