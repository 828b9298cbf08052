using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// Finds the nearest entry of a map of 256 rising values as bitsandbytes does on the GPU: a value is compared with the float32 midpoints of
/// neighbours, and an exact midpoint goes to the neighbour with the even index.
/// </summary>
internal static unsafe class NearestCode
{
    /// <summary>Entries of a map, and thresholds: the last threshold is never reached.</summary>
    public const int Entries = 256;

    /// <summary>Per entry the least value that lies above it, for <see cref="Of"/>.</summary>
    /// <param name="map">The map, <c>[256]</c>.</param>
    /// <param name="thresholds">Receives them, <c>[256]</c>.</param>
    public static void FindThresholds(ReadOnlySpan<float> map, Span<float> thresholds)
    {
        for (var i = 0; i < Entries - 1; i++)
        {
            var midpoint = (map[i] + map[i + 1]) * 0.5f;
            thresholds[i] = i % 2 == 0 ? MathF.BitIncrement(midpoint) : midpoint;
        }
        thresholds[Entries - 1] = float.NaN;
    }

    /// <summary>Index of the nearest entry; 0 for NaN.</summary>
    /// <param name="value">A value.</param>
    /// <param name="thresholds">From <see cref="FindThresholds"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(float value, float* thresholds)
    {
        var code = 0;
        for (var step = Entries / 2; step > 0; step /= 2)
            code += value >= thresholds[code + step - 1] ? step : 0;
        return code;
    }
}
