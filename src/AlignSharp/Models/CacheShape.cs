namespace AlignSharp.Models;

/// <summary>Shape of the keys and values of one token.</summary>
/// <param name="Layers">Number of layers.</param>
/// <param name="KeyValueHeads">Key-value heads a layer.</param>
/// <param name="HeadDim">Width of a head.</param>
public sealed record CacheShape(int Layers, int KeyValueHeads, int HeadDim);
