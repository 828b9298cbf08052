namespace AlignSharp.Training;

/// <summary>What the loss of supervised fine-tuning is divided by (<c>sft_token_count</c>).</summary>
public enum TokenCount
{
    /// <summary>The tokens that are predicted, over the whole update: accumulating equals a large batch (transformers since May 2026). The default.</summary>
    Shifted,

    /// <summary>The labels before the shift, over the whole update, so that a first token with a label counts though nothing predicts it (transformers 4.46 to then).</summary>
    Unshifted,

    /// <summary>The tokens of each micro-batch, then the mean over micro-batches: a short one counts as much as a long one (transformers to 4.45).</summary>
    MeanOfMeans,
}
