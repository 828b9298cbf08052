namespace AlignSharp.Models.Llama;

/// <summary>NTK-aware stretching that sets in where a sequence exceeds the model's longest position (<c>dynamic</c>).</summary>
/// <param name="Factor">Strength of the stretching.</param>
public sealed record DynamicRope(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override bool DependsOnLength => true;

    /// <inheritdoc/>
    public override float[] InverseFrequencies(LlamaConfig config, long sequenceLength)
    {
        double dim = config.HeadDim, length = Math.Max(sequenceLength, config.MaxPositions);
        var stretched = config.RopeTheta * Math.Pow(Factor * length / config.MaxPositions - (Factor - 1), dim / (dim - 2));
        return Plain(config.HeadDim, stretched);
    }
}
