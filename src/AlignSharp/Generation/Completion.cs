namespace AlignSharp.Generation;

/// <summary>A generated completion.</summary>
/// <param name="Ids">Its tokens without the prompt; the end-of-sequence token included where it came.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record Completion(IReadOnlyList<int> Ids, FinishReason FinishReason);
