namespace AlignSharp.Recipes;

/// <summary>When something recurring happens, transformers' IntervalStrategy.</summary>
public enum IntervalChoice
{
    /// <summary>Never.</summary>
    No,

    /// <summary>Every so many updates.</summary>
    Steps,

    /// <summary>At the end of each epoch.</summary>
    Epoch,
}
