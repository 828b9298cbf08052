namespace AlignSharp.Recipes;

/// <summary>What the policy is compared with.</summary>
public enum ReferenceChoice
{
    /// <summary>A frozen copy of what is loaded (model or adapter), or the base below a fresh adapter; <c>Model</c> when a reference model is named.</summary>
    Auto,

    /// <summary>The base with adapters off.</summary>
    Base,

    /// <summary>A frozen copy of the loaded adapter.</summary>
    Adapter,

    /// <summary>Another model, named by ref_model_name_or_path.</summary>
    Model,

    /// <summary>Nothing: reference log-probs are zero.</summary>
    None,
}
