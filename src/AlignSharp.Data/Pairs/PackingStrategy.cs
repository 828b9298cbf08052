namespace AlignSharp.Data.Pairs;

/// <summary>How sequences are put together into rows of a fixed length (<c>packing_strategy</c>).</summary>
public enum PackingStrategy
{
    /// <summary>Each sequence is a row of its own.</summary>
    None,

    /// <summary>Best-fit decreasing, sequences do not see one another; what exceeds the length is cut off (<c>bfd</c>).</summary>
    BestFit,

    /// <summary>The same, but what exceeds the length becomes sequences of its own (<c>bfd_split</c>).</summary>
    BestFitSplit,

    /// <summary>One stream of tokens, cut into rows wherever the length ends; what stands in a row sees all before it (<c>wrapped</c>).</summary>
    Wrapped,
}
