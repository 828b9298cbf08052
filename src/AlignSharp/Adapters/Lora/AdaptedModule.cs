namespace AlignSharp.Adapters.Lora;

/// <summary>Kinds of modules that targets can mean.</summary>
public enum AdaptedModule
{
    /// <summary>A linear projection inside the model.</summary>
    Projection,

    /// <summary>The output head.</summary>
    OutputHead,

    /// <summary>The table of token embeddings.</summary>
    Embedding,
}
