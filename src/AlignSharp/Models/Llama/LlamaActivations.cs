using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>What a Llama's operators save for the gradient, and hold while they run: see each operator's <c>Save</c>.</summary>
public static class LlamaActivations
{
    private static readonly string[] ReadersOfAttentionNorm = ["q_proj", "k_proj", "v_proj"], ReadersOfMlpNorm = ["gate_proj", "up_proj"];
    private static readonly string[] All = [.. ReadersOfAttentionNorm, "o_proj", .. ReadersOfMlpNorm, "down_proj"];

    /// <summary>Bytes a token.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="type">Type of the activations.</param>
    /// <param name="adapterRank">The adapter's rank on the projection of a path such as <c>model.layers.0.mlp.up_proj</c>, 0 for none; null where the weights themselves are trained.</param>
    public static ActivationBytes Of(LlamaConfig config, ScalarType type, Func<string, int>? adapterRank)
    {
        ArgumentNullException.ThrowIfNull(config);
        long size = type.ElementSize(), hidden = config.HiddenSize * size, inner = config.IntermediateSize * size;
        long queries = config.Heads * (long)config.HeadDim * size, keys = config.KeyValueHeads * (long)config.HeadDim * size;
        // A down projection that is trained keeps its input itself, and is done with it before the gating's gradients come.
        var isDownTrained = Enumerable.Range(0, config.Layers).All(i => adapterRank is null || adapterRank($"model.layers.{i}.mlp.down_proj") > 0);
        var layers = Enumerable.Range(0, config.Layers).Select(i => KeptOfLayer(config, $"model.layers.{i}", size, adapterRank)).ToArray();
        return new ActivationBytes
        {
            Layers = config.Layers,
            Kept = layers.Sum(),
            KeptOfLayer = layers.Max(),
            Input = hidden,
            Gated = isDownTrained ? 0 : inner,
            Ends = 2 * hidden + sizeof(float) * (1 + config.HeadDim),
            // Input, both norms' outputs, attention's output and the sum with it; gate, up and both gated: or in attention q, k, v, rotated q and k, and what is mixed.
            Inference = Math.Max(5 * hidden + 3 * inner, 3 * hidden + 3 * queries + 3 * keys),
            // Gradients of the gated, gate and up, and of the stream beside them.
            Backward = Math.Max(2 * hidden + (isDownTrained ? 2 : 3) * inner, 2 * hidden + 3 * queries + 2 * keys),
        };
    }

    private static long KeptOfLayer(LlamaConfig config, string layer, long size, Func<string, int>? adapterRank)
    {
        long hidden = config.HiddenSize * size, inner = config.IntermediateSize * size;
        long queries = config.Heads * (long)config.HeadDim * size, keys = config.KeyValueHeads * (long)config.HeadDim * size;
        int Rank(string name) => adapterRank is null ? 0 : adapterRank($"{layer}.{(name is "gate_proj" or "up_proj" or "down_proj" ? "mlp" : "self_attn")}.{name}");
        bool IsTrained(string name) => adapterRank is null || Rank(name) > 0;
        var ranks = All.Sum(Rank);
        // Both norms: input and scale. Attention: rotated queries and keys, values, result, and a sum a head. Gating: gate and up.
        var always = 2 * (hidden + sizeof(float)) + 2 * queries + 2 * keys + config.Heads * sizeof(float) + 2 * inner;
        // A projection that is trained keeps its input; o_proj's is attention's result.
        return always + ranks * sizeof(float)
            + (ReadersOfAttentionNorm.Any(IsTrained) ? hidden : 0) + (ReadersOfMlpNorm.Any(IsTrained) ? hidden : 0) + (IsTrained("down_proj") ? inner : 0);
    }
}
