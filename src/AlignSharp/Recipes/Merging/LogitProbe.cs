using System.Globalization;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>What two models are asked in order to compare their logits: always the same tokens, in the same type and place.</summary>
internal sealed class LogitProbe
{
    private const int ProbeTokens = 48;
    private const string ProbeText = "The quick brown fox jumps over the lazy dog. 3 + 4 = 7; le cœur a ses raisons.\nfor (int i = 0; i < n; i++) sum += x[i];";

    private readonly int _layers;

    /// <summary>Prepares the tokens.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="tokenizerFolder">Folder of its tokenizer, if it has one.</param>
    /// <param name="type">Type to compute in.</param>
    /// <param name="device">Where to compute.</param>
    public LogitProbe(ModelConfig config, string tokenizerFolder, ScalarType type, Device device)
    {
        (Type, Device, _layers) = (type, device, config.Shape.Layers);
        Sequences = Tokens(config.Shape.VocabularySize, config.Shape.MaxPositions, tokenizerFolder);
    }

    /// <summary>Type to compute in.</summary>
    public ScalarType Type { get; }

    /// <summary>Where to compute.</summary>
    public Device Device { get; }

    /// <summary>The token ids.</summary>
    public IReadOnlyList<int[]> Sequences { get; }

    /// <summary>
    /// Sequences that both models read: ids from all over the vocabulary, and a text where the tokenizer can be read. Always the same ones.
    /// </summary>
    /// <param name="vocabulary">Size of the model's vocabulary.</param>
    /// <param name="positions">Longest sequence that the model is made for.</param>
    /// <param name="tokenizerFolder">Folder of its tokenizer, if it has one.</param>
    internal static IReadOnlyList<int[]> Tokens(int vocabulary, int positions, string tokenizerFolder)
    {
        var length = Math.Min(ProbeTokens, positions);
        // Steps of the golden section reach every part of the vocabulary, and no two near ones follow each other.
        var probes = new List<int[]> { Enumerable.Range(1, length).Select(i => (int)(i * 0.6180339887498949 % 1 * vocabulary)).ToArray() };
        if (!TokenizerFolder.Exists(tokenizerFolder)) return probes;
        try
        {
            var ids = TokenizerFolder.Load(tokenizerFolder).Encode(ProbeText).Where(id => id < vocabulary).Take(length).ToArray();
            if (ids.Length > 0) probes.Add(ids);
        }
        catch (ArtifactException)
        {
            // A tokenizer that cannot be read here is carried along all the same; merging does not need it.
        }
        return probes;
    }

    /// <summary>Logits of all tokens of the probe.</summary>
    /// <param name="model">A model in evaluation mode.</param>
    /// <returns>float32 on the CPU, <c>[tokens, vocabulary]</c>, owned by the caller.</returns>
    public Tensor Logits(CausalLanguageModel model)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var batch = new TokenBatch(Packer.Pack([.. Sequences.Select(ids => new TokenizedSequence(ids, new bool[ids.Length], default))]), model.Device);
        return model.Logits(model.Hidden(batch.Inputs, batch.Attention)).to(ScalarType.Float32, CPU).DetachFromDisposeScope();
    }

    /// <summary>Largest absolute difference; NaN where a logit is.</summary>
    public static double Difference(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (a - b).abs().max().item<float>();
    }

    /// <summary>Largest absolute value.</summary>
    public static double Largest(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return logits.abs().max().item<float>();
    }

    /// <summary>
    /// How far logits may be apart, as a share of the largest one. In float32 the two differ by the order of sums: some 1e-6, and 1e-4 leaves
    /// room for deep models. In bfloat16 and float16, whose unit in the last place is 2⁻⁷ and 2⁻¹⁰ of the largest logit at most, each weight and
    /// activation is rounded differently on the two sides, and over the layers roundings add up like a random walk: four units for two
    /// layers (2.4 and 2.7 are seen with tiny random models), times the root of the depth. That is loose against a small adapter, so
    /// <see cref="MergedWeights.RequireIn"/> holds the weights themselves to half a unit; the logits show that the folder as a whole works.
    /// </summary>
    public double Tolerance => Type switch
    {
        ScalarType.BFloat16 => 4 / 128.0 * Math.Sqrt(Math.Max(1, _layers / 2.0)),
        ScalarType.Float16 => 4 / 1024.0 * Math.Sqrt(Math.Max(1, _layers / 2.0)),
        _ => 1e-4,
    };

    /// <summary>Fails when the difference is too large, or no number.</summary>
    /// <exception cref="VerificationException">It is; the message has both numbers.</exception>
    public static void Require(double difference, double allowed, string what)
    {
        if (difference <= allowed) return;
        throw new VerificationException(string.Create(CultureInfo.InvariantCulture,
            $"{what} computes logits that differ from the base with its adapters on by up to {difference:G4}, more than the {allowed:G4} that rounding explains; nothing was written, please report this"));
    }
}
