namespace AlignSharp.Models;

/// <summary>What a tensor of a checkpoint is for.</summary>
public enum WeightKind
{
    /// <summary>The table of token embeddings, which is also the output head where a model ties the two.</summary>
    Embedding,

    /// <summary>The matrix of a projection inside a layer: what adapters wrap and quantisation packs.</summary>
    Projection,

    /// <summary>The output head.</summary>
    Head,

    /// <summary>The weight of a norm.</summary>
    Norm,

    /// <summary>The bias of a projection.</summary>
    Bias,
}
