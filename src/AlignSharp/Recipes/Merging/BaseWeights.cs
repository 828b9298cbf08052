using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>The weights of a base as they were trained over: those of 4 bits decoded, those that were quantised on loading quantised and decoded again.</summary>
/// <param name="checkpoint">The base's weights; stay the caller's.</param>
/// <param name="fourBit">How it was quantised on loading, or null.</param>
/// <param name="loading">Type that it was rounded to before.</param>
internal sealed class BaseWeights(Checkpoint checkpoint, FourBitOptions? fourBit, ScalarType loading)
{
    private const string Suffix = ".weight", Embedding = "model.embed_tokens.weight";

    /// <summary>Shape of a weight.</summary>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<long> ShapeOf(string name) =>
        FourBitTensors.Holds(checkpoint, name) && FourBitTensors.State(checkpoint, name) is var state ? [state.Rows, state.Columns] : checkpoint.Entry(name).Shape;

    /// <summary>Type of a weight; of decoded ones that of the embedding, which stands beside them in full precision.</summary>
    /// <param name="name">Its name.</param>
    public ScalarType TypeOf(string name) => checkpoint.TypeOf(FourBitTensors.Holds(checkpoint, name) ? Embedding : name);

    /// <summary>Reads a weight; the caller owns it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Type to convert to; null keeps the stored one, and float32 for decoded weights.</param>
    public Tensor Read(string name, ScalarType? type = null)
    {
        if (FourBitTensors.Holds(checkpoint, name)) return Decoded(FourBitTensors.Read(checkpoint, name), type);
        return IsQuantized(name) ? Decoded(FourBitTensors.Quantize(checkpoint, name, loading, fourBit!), type) : checkpoint.Read(name, type);
    }

    private bool IsQuantized(string name)
    {
        if (fourBit is null || !name.EndsWith(Suffix, StringComparison.Ordinal) || checkpoint.Entry(name).Shape.Length != 2 || name == Embedding) return false;
        var path = name[..^Suffix.Length];
        return fourBit.Quantizes(new ProjectionSite(path, 0, 0, HasBias: false, IsOutputHead: path == "lm_head", loading, CPU));
    }

    // First into the type that the weight had, as PEFT merges: that type's values are what a merged weight is written among.
    private static Tensor Decoded(FourBitWeight weight, ScalarType? type)
    {
        using var scope = NewDisposeScope();
        using (weight) return weight.Matrix.Expand(weight.RecordedType).to(type ?? ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
