using AlignSharp.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Diagnostics;

/// <summary>Private memory of a model's weights by what they are for.</summary>
/// <param name="Embedding">The table of embeddings.</param>
/// <param name="Projections">The matrices inside the layers.</param>
/// <param name="Head">The output head; 0 where it is the embedding.</param>
/// <param name="Rest">Norms and biases.</param>
public sealed record WeightBytes(long Embedding, long Projections, long Head, long Rest)
{
    /// <summary>Weights of a 4-bit block that share a scale.</summary>
    private const int FourBitBlock = 64;

    /// <summary>Scales that share one themselves where they are quantised too.</summary>
    private const int ScaleBlock = 256;

    /// <summary>All together.</summary>
    public long Total => Embedding + Projections + Head + Rest;

    /// <summary>The weights of a run's model, as it holds them.</summary>
    /// <param name="shape">The run.</param>
    public static WeightBytes Of(TrainingShape shape)
    {
        long Bytes(WeightShape weight) => shape.IsFourBit(weight) ? FourBit(weight.Elements, shape.FourBit!.DoubleQuantization)
            : shape is { FourBit: not null, IsMapped: true } && weight.Kind is WeightKind.Embedding or WeightKind.Projection or WeightKind.Head ? 0
            : weight.Elements * shape.Type.ElementSize();
        var byKind = shape.Weights.ToLookup(weight => weight.Kind, Bytes);
        return new WeightBytes(byKind[WeightKind.Embedding].Sum(), byKind[WeightKind.Projection].Sum(), byKind[WeightKind.Head].Sum(), byKind[WeightKind.Norm].Sum() + byKind[WeightKind.Bias].Sum());
    }

    /// <summary>
    /// A 4-bit projection (Dettmers et al. 2023, arXiv:2305.14314): half a byte an element and a float32 scale for 64 of them; doubly quantised scales take a byte, and a
    /// float32 for 256 of them.
    /// </summary>
    /// <param name="elements">Elements of the matrix.</param>
    /// <param name="doublyQuantised">Whether the scales are quantised too.</param>
    public static long FourBit(long elements, bool doublyQuantised)
    {
        var scales = (elements + FourBitBlock - 1) / FourBitBlock;
        return (elements + 1) / 2 + (doublyQuantised ? scales + (scales + ScaleBlock - 1) / ScaleBlock * sizeof(float) : scales * sizeof(float));
    }
}
