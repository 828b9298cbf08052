using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>
/// Rotary frequencies and their stretching, as transformers' <c>modeling_rope_utils</c> defines them; computed in float32 in its
/// order of operations, so that long sequences get the same angles.
/// </summary>
public abstract record RopeScaling
{
    /// <summary>No stretching (<c>default</c>).</summary>
    public static RopeScaling None { get; } = new DefaultRope();

    /// <summary>Whether the frequencies depend on the length of the sequence.</summary>
    public virtual bool DependsOnLength => false;

    /// <summary>Factor on cosines and sines.</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>Angle per position of each pair of coordinates.</summary>
    /// <param name="config">Head width, base and longest position.</param>
    /// <param name="sequenceLength">Length of the sequence; read only where <see cref="DependsOnLength"/>.</param>
    /// <returns><c>[headDim / 2]</c>.</returns>
    public abstract float[] InverseFrequencies(LlamaConfig config, long sequenceLength);

    /// <summary><c>theta^(-2j/headDim)</c> for j from 0.</summary>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="theta">Base.</param>
    private protected static float[] Plain(int headDim, double theta) => Array.ConvertAll(Powers(headDim, theta), power => 1 / power);

    /// <summary><c>theta^(2j/headDim)</c> for j from 0; libtorch's power, whose last bit long positions would show.</summary>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="theta">Base.</param>
    private protected static float[] Powers(int headDim, double theta)
    {
        using var scope = NewDisposeScope();
        var exponents = Enumerable.Range(0, headDim / 2).Select(j => 2f * j / headDim).ToArray();
        return pow(tensor((float)theta), tensor(exponents)).data<float>().ToArray();
    }
}
