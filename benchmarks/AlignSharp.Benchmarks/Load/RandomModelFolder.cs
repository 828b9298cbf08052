using System.Text.Json.Nodes;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Checkpoints;
using AlignSharp.Models;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Load;

/// <summary>Writes a bf16 Llama of about a given size as a Hugging Face folder.</summary>
internal static class RandomModelFolder
{
    private const double BytesPerWeight = 2, MiB = 1 << 20;
    private static readonly ModelShape Thin = new(Hidden: 1024, Layers: 0, Heads: 16, KvHeads: 16, Inter: 2816, Vocab: 4000);

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="mib">Size wanted; whole layers make it up, at least one.</param>
    public static void Write(string folder, int mib)
    {
        var embeddings = 2.0 * Thin.Hidden * Thin.Vocab * BytesPerWeight / MiB;
        var shape = Thin with { Layers = Math.Max(1, (int)Math.Round((mib - embeddings) / (Thin.LayerWeights * BytesPerWeight / MiB))) };
        using var model = RandomLlama.Create(shape, ScalarType.BFloat16, seed: 1, DenseProjection.Create);
        ModelFolder.Save(folder, model, new ModelConfig { Shape = model.Config, Json = Describe(shape) }, source: null);
    }

    private static JsonObject Describe(ModelShape shape) => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = shape.Vocab,
        ["hidden_size"] = shape.Hidden,
        ["intermediate_size"] = shape.Inter,
        ["num_hidden_layers"] = shape.Layers,
        ["num_attention_heads"] = shape.Heads,
        ["num_key_value_heads"] = shape.KvHeads,
        ["tie_word_embeddings"] = false,
    };
}
