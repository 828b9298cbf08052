using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// The random number behind one application of dropout, drawn from libtorch's generator of the CPU: the seed of a run fixes it, saving the generator's
/// state saves it, and whoever restores that state (activation checkpointing) gets the same choice again.
/// </summary>
internal static class DropoutKey
{
    /// <summary>Draws the next.</summary>
    public static ulong Draw()
    {
        using var bits = randint(0, int.MaxValue, [2], dtype: ScalarType.Int64);
        var halves = bits.data<long>();
        return ((ulong)halves[0] << 32) | (uint)halves[1];
    }
}
