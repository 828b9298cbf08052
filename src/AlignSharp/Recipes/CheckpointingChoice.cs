namespace AlignSharp.Recipes;

/// <summary>Whether activations are kept for the gradient or computed again.</summary>
public enum CheckpointingChoice
{
    /// <summary>Computed again only when keeping them might not fit.</summary>
    Auto,

    /// <summary>Computed again: layers keep their inputs alone.</summary>
    On,

    /// <summary>Kept.</summary>
    Off,
}
