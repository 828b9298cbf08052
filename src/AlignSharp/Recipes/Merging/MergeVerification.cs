using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Merging;

/// <summary>Compares logits of a written folder with those of the base with its adapters on.</summary>
internal static class MergeVerification
{
    private const int ProbeTokens = 48;
    private const string ProbeText = "The quick brown fox jumps over the lazy dog. 3 + 4 = 7; le cœur a ses raisons.\nfor (int i = 0; i < n; i++) sum += x[i];";

    /// <summary>
    /// Sequences that both models read: ids from all over the vocabulary, and a text where the tokenizer can be read. Always the same ones.
    /// </summary>
    /// <param name="vocabulary">Size of the model's vocabulary.</param>
    /// <param name="positions">Longest sequence that the model is made for.</param>
    /// <param name="tokenizerFolder">Folder of its tokenizer, if it has one.</param>
    public static IReadOnlyList<int[]> Probe(int vocabulary, int positions, string tokenizerFolder)
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
    /// <param name="probe">The sequences.</param>
    /// <returns>float32 on the CPU, <c>[tokens, vocabulary]</c>, owned by the caller.</returns>
    public static Tensor Logits(CausalLanguageModel model, IReadOnlyList<int[]> probe)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var batch = new TokenBatch(Packer.Pack([.. probe.Select(ids => new TokenizedSequence(ids, new bool[ids.Length], default))]), model.Device);
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
    /// room for deep models. In bfloat16 (8 significant bits) and float16 (11) every rounding of a weight and of an activation is
    /// half a unit in the last place at most, a unit is 2⁻⁷ and 2⁻¹⁰ of the largest logit at most, and over the layers roundings add up like a random
    /// walk: four units. A wrong factor or a forgotten projection of an adapter that does anything is beyond it in float32; in
    /// half precision the report's adapter effect tells what the bound is worth.
    /// </summary>
    /// <param name="type">Type that both models compute in.</param>
    public static double Tolerance(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => 4 / 128.0,
        ScalarType.Float16 => 4 / 1024.0,
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
