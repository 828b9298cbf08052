using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>
/// A base of 4 bits that <see cref="LoftQ"/> quantises, and A and B that make up for what this loses (Li et al. 2023, arXiv:2310.08659; <c>init_lora_weights: loftq</c>). It needs the
/// weights in full precision, from which <see cref="LoraAdapter.TakeStart(Func{Models.ProjectionSite, Tensor})"/> begins. Projections in full precision begin like
/// <see cref="KaimingStart"/>.
/// </summary>
/// <param name="Iterations">Turns of quantisation and decomposition; 1 or more (<c>loftq_iter</c>, PEFT's default 1).</param>
public sealed record LoftQStart(int Iterations) : LoraStart
{
    /// <inheritdoc/>
    public override bool ChangesBase => true;

    internal override (Tensor A, Tensor B) Factors(StartPlace at, Generator generator) =>
        throw new ConfigurationException("init_lora_weights: loftq begins from weights in full precision, and this base has only those of 4 bits; give the base in full precision with load_in_4bit: true");

    /// <summary>Decomposes a weight.</summary>
    /// <param name="weight">In full precision, <c>[out, in]</c>; not disposed.</param>
    /// <param name="rank">Rank of the update; at most the weight's smaller side.</param>
    /// <param name="scaling">Factor on the update.</param>
    /// <param name="options">How to quantise.</param>
    /// <param name="name">The weight's name, for messages.</param>
    /// <returns>A and B, float32 <c>[rank, in]</c> and <c>[out, rank]</c>, owned by the caller's scope, and the quantised weight on the CPU, which the caller owns.</returns>
    internal (Tensor A, Tensor B, FourBitWeight Quantized) Decompose(Tensor weight, int rank, double scaling, FourBitOptions options, string name)
    {
        FourBitWeight? last = null;
        try
        {
            var (a, b, values) = LoftQ.Decompose(weight, RoundTrip, rank, scaling, Iterations);
            values.Dispose();
            return (a, b, last!);
        }
        catch
        {
            last?.Dispose();
            throw;
        }

        Tensor RoundTrip(Tensor matrix)
        {
            last?.Dispose();
            last = FourBitQuantizer.Quantize(matrix, options, name);
            return last.Matrix.Expand(ScalarType.Float32).to(matrix.device);
        }
    }
}
