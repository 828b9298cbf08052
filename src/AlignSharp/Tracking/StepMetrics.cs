namespace AlignSharp.Tracking;

/// <summary>What is logged of a training step: means since the last logged step, and the state after this one.</summary>
public sealed record StepMetrics
{
    /// <summary>Updates done, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Epochs done, a fraction.</summary>
    public required double Epoch { get; init; }

    /// <summary>Means over the micro-batches since the last logged step, each with equal weight (TRL).</summary>
    public required BatchMetrics Batch { get; init; }

    /// <summary>L2 norm of the gradient before clipping, of this step.</summary>
    public required double GradNorm { get; init; }

    /// <summary>Learning rate that this step's update used.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens seen so far, each sequence of a pair counted whole.</summary>
    public required long NumTokens { get; init; }

    /// <summary>The metrics under TRL's names, without step and epoch.</summary>
    public IEnumerable<KeyValuePair<string, double>> Named() =>
        [.. Batch.Named(), new("grad_norm", GradNorm), new("learning_rate", LearningRate), new("num_tokens", NumTokens)];
}
