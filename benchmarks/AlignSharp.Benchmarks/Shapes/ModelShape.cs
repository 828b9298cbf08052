using System.Text.Json.Serialization;
using AlignSharp.Data.Faults;
using AlignSharp.Models.Llama;

namespace AlignSharp.Benchmarks.Shapes;

/// <summary>Size of a Llama, under the names of the command line.</summary>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key-value heads.</param>
/// <param name="Inter">Width of the feed-forward layer.</param>
/// <param name="Vocab">Rows of the embedding and of the output head, which is not tied to it.</param>
internal sealed record ModelShape(int Hidden, int Layers, int Heads, int KvHeads, int Inter, int Vocab)
{
    /// <summary>Names of the options that <see cref="Read"/> knows.</summary>
    public static IReadOnlyList<string> Options { get; } = ["hidden", "layers", "heads", "kv_heads", "inter", "vocab"];

    /// <summary>134 million parameters: the shape that the project's figures are given for.</summary>
    public static ModelShape Standard { get; } = new(768, 12, 12, 12, 2048, 32000);

    /// <summary>What <c>--quick</c> scales the standard shape down to.</summary>
    public static ModelShape Quick { get; } = new(128, 2, 4, 4, 352, 2000);

    /// <summary>Width of a head.</summary>
    [JsonIgnore]
    public int HeadDim => Hidden / Heads;

    /// <summary>Width of the keys and values of a token.</summary>
    [JsonIgnore]
    public int KeyWidth => KvHeads * HeadDim;

    /// <summary>Weights of the projections of one layer.</summary>
    [JsonIgnore]
    public double LayerWeights => 2.0 * Hidden * Hidden + 2.0 * Hidden * KeyWidth + 3.0 * Hidden * Inter;

    /// <summary>The engine's configuration of this shape.</summary>
    [JsonIgnore]
    public LlamaConfig Config => new()
    {
        VocabularySize = Vocab,
        HiddenSize = Hidden,
        IntermediateSize = Inter,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KvHeads,
        HeadDim = HeadDim,
        RmsNormEpsilon = 1e-5,
    };

    /// <summary>Reads a shape from options.</summary>
    /// <param name="arguments">The options.</param>
    /// <param name="fallback">The shape of what is not given; key-value heads follow the heads.</param>
    /// <exception cref="ConfigurationException">A number is wrong, or the numbers do not fit one another.</exception>
    public static ModelShape Read(Arguments arguments, ModelShape fallback)
    {
        var heads = arguments.Whole("heads", fallback.Heads);
        var shape = new ModelShape(
            arguments.Whole("hidden", fallback.Hidden), arguments.Whole("layers", fallback.Layers), heads,
            arguments.Whole("kv_heads", arguments.Has("heads") ? heads : fallback.KvHeads),
            arguments.Whole("inter", fallback.Inter), arguments.Whole("vocab", fallback.Vocab, least: 4));
        if (shape.Hidden % (2 * heads) != 0)
            throw new ConfigurationException($"option --heads: {heads} heads do not divide --hidden {shape.Hidden} into heads of even width");
        if (heads % shape.KvHeads != 0) throw new ConfigurationException($"option --kv_heads: {shape.KvHeads} does not divide --heads {heads}");
        return shape;
    }

    /// <summary>The options that give this shape.</summary>
    public IEnumerable<string> ToWords() =>
        Options.Zip([Hidden, Layers, Heads, KvHeads, Inter, Vocab], (name, value) => FormattableString.Invariant($"--{name}={value}"));
}
