namespace AlignSharp.Recipes;

/// <summary>Order of the training pairs, transformers' train_sampling_strategy.</summary>
public enum SamplingStrategy
{
    /// <summary>A new permutation each epoch.</summary>
    Random,

    /// <summary>The order of the file.</summary>
    Sequential,

    /// <summary>Random groups of similar length.</summary>
    GroupByLength,
}
