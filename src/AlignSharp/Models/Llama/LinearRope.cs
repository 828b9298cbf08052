namespace AlignSharp.Models.Llama;

/// <summary>All frequencies divided by a factor (<c>linear</c>).</summary>
/// <param name="Factor">How many times longer sequences become.</param>
public sealed record LinearRope(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override float[] InverseFrequencies(LlamaConfig config, long sequenceLength) =>
        Array.ConvertAll(Plain(config.HeadDim, config.RopeTheta), frequency => frequency / (float)Factor);
}
