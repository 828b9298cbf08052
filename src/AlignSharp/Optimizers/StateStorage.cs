namespace AlignSharp.Optimizers;

/// <summary>How bitsandbytes' optimizers keep their states.</summary>
/// <param name="IsEightBit">In 8-bit codes, block by block, where a tensor is large enough; else in float32.</param>
/// <param name="IsPaged">Large ones where the system can page them out.</param>
internal readonly record struct StateStorage(bool IsEightBit = false, bool IsPaged = false)
{
    private const int FewestCodedElements = 4096;
    internal const int FewestPagedElements = 100_000;

    /// <summary>Whether a parameter's states are codes. Embeddings stay in float32, as transformers 5 has it: most of their rows rest between updates.</summary>
    /// <param name="parameter">The parameter.</param>
    public bool Codes(ParameterShape parameter) =>
        IsEightBit && parameter.Elements >= FewestCodedElements && !parameter.Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal);

    /// <summary>Whether a parameter's states are paged.</summary>
    /// <param name="parameter">The parameter.</param>
    public bool Pages(ParameterShape parameter) => IsPaged && parameter.Elements >= FewestPagedElements;
}
