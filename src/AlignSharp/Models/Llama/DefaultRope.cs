namespace AlignSharp.Models.Llama;

/// <summary>Unscaled rotary frequencies.</summary>
public sealed record DefaultRope : RopeScaling
{
    /// <inheritdoc/>
    public override float[] InverseFrequencies(LlamaConfig config, long sequenceLength) => Plain(config.HeadDim, config.RopeTheta);
}
