using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Llama 3.1's stretching: long wavelengths are divided, short ones kept, those between interpolated (<c>llama3</c>).</summary>
/// <param name="Factor">Divisor of the slow frequencies.</param>
/// <param name="LowFrequencyFactor">Wavelengths above original / this are slow.</param>
/// <param name="HighFrequencyFactor">Wavelengths below original / this are fast.</param>
/// <param name="OriginalMaxPositions">Longest position before stretching.</param>
public sealed record Llama3Rope(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override Tensor InverseFrequencies(LlamaConfig config, long sequenceLength)
    {
        using var scope = NewDisposeScope();
        var plain = Plain(config.HeadDim, config.RopeTheta);
        var wavelength = 2 * Math.PI / plain;
        var slow = where(wavelength > OriginalMaxPositions / LowFrequencyFactor, plain / Factor, plain);
        var share = (OriginalMaxPositions / wavelength - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        var between = (1 - share) * slow / Factor + share * slow;
        var isBetween = wavelength.ge(OriginalMaxPositions / HighFrequencyFactor) & wavelength.le(OriginalMaxPositions / LowFrequencyFactor);
        return where(isBetween, between, slow).MoveToOuterDisposeScope();
    }
}
