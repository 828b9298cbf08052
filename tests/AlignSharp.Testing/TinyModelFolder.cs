using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Models.Llama;

namespace AlignSharp.Testing;

/// <summary>Writes tiny models as Hugging Face folders.</summary>
public static class TinyModelFolder
{
    /// <summary>What config.json says of a shape (unscaled rotary positions).</summary>
    /// <param name="shape">The shape.</param>
    public static ModelConfig Config(LlamaConfig shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new ModelConfig
        {
            Shape = shape,
            Json = new JsonObject
            {
                ["model_type"] = "llama",
                ["vocab_size"] = shape.VocabularySize,
                ["hidden_size"] = shape.HiddenSize,
                ["intermediate_size"] = shape.IntermediateSize,
                ["num_hidden_layers"] = shape.Layers,
                ["num_attention_heads"] = shape.Heads,
                ["num_key_value_heads"] = shape.KeyValueHeads,
                ["head_dim"] = shape.HeadDim,
                ["rms_norm_eps"] = shape.RmsNormEpsilon,
                ["rope_theta"] = shape.RopeTheta,
                ["attention_bias"] = shape.AttentionBias,
                ["mlp_bias"] = shape.MlpBias,
                ["tie_word_embeddings"] = shape.TieWordEmbeddings,
                ["eos_token_id"] = 2,
            },
        };
    }

    /// <summary>Saves a model with random weights.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    public static void Create(string folder, LlamaConfig shape, long seed)
    {
        using var model = TinyLlama.Create(shape, seed);
        ModelFolder.Save(folder, model, Config(shape), source: null);
    }
}
