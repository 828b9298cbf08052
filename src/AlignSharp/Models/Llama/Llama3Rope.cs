namespace AlignSharp.Models.Llama;

/// <summary>Llama 3.1's stretching: long wavelengths are divided, short ones kept, those between interpolated (<c>llama3</c>).</summary>
/// <param name="Factor">Divisor of the slow frequencies.</param>
/// <param name="LowFrequencyFactor">Wavelengths above original / this are slow.</param>
/// <param name="HighFrequencyFactor">Wavelengths below original / this are fast.</param>
/// <param name="OriginalMaxPositions">Longest position before stretching.</param>
public sealed record Llama3Rope(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override float[] InverseFrequencies(LlamaConfig config, long sequenceLength) =>
        Array.ConvertAll(Plain(config.HeadDim, config.RopeTheta), Stretch);

    private float Stretch(float frequency)
    {
        var wavelength = (float)(2 * Math.PI) / frequency;
        if (wavelength < (float)(OriginalMaxPositions / HighFrequencyFactor)) return frequency;
        var slow = frequency / (float)Factor;
        if (wavelength > (float)(OriginalMaxPositions / LowFrequencyFactor)) return slow;
        var share = (OriginalMaxPositions / wavelength - (float)LowFrequencyFactor) / (float)(HighFrequencyFactor - LowFrequencyFactor);
        return (1 - share) * slow + share * frequency;
    }
}
