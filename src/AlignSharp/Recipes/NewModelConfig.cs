using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models.Llama;

namespace AlignSharp.Recipes;

/// <summary>The configuration of a model that does not come from a folder.</summary>
internal static class NewModelConfig
{
    /// <summary>What <c>config.json</c> says of a fresh Llama.</summary>
    /// <param name="shape">Its shape, with rotary positions unscaled or as Llama 3 scales them.</param>
    /// <param name="tokenizer">Its tokenizer, with a beginning and an end of sequence.</param>
    public static ModelConfig Of(LlamaConfig shape, ITokenizer tokenizer)
    {
        var (bos, eos) = (tokenizer.Special.Bos!.Id, tokenizer.Special.Eos!.Id);
        return new ModelConfig
        {
            Shape = shape,
            BosTokenId = bos,
            EosTokenIds = [eos],
            Json = new JsonObject
            {
                ["architectures"] = new JsonArray("LlamaForCausalLM"),
                ["model_type"] = "llama",
                ["vocab_size"] = shape.VocabularySize,
                ["hidden_size"] = shape.HiddenSize,
                ["intermediate_size"] = shape.IntermediateSize,
                ["num_hidden_layers"] = shape.Layers,
                ["num_attention_heads"] = shape.Heads,
                ["num_key_value_heads"] = shape.KeyValueHeads,
                ["head_dim"] = shape.HeadDim,
                ["hidden_act"] = "silu",
                ["max_position_embeddings"] = shape.MaxPositions,
                ["rms_norm_eps"] = shape.RmsNormEpsilon,
                ["rope_theta"] = shape.RopeTheta,
                ["rope_scaling"] = RopeScalingOf(shape.RopeScaling),
                ["attention_bias"] = shape.AttentionBias,
                ["mlp_bias"] = shape.MlpBias,
                ["tie_word_embeddings"] = shape.TieWordEmbeddings,
                ["initializer_range"] = shape.InitializerRange,
                ["bos_token_id"] = bos,
                ["eos_token_id"] = eos,
            },
        };
    }

    private static JsonObject? RopeScalingOf(RopeScaling scaling) => scaling switch
    {
        DefaultRope => null,
        Llama3Rope llama => new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = llama.Factor,
            ["low_freq_factor"] = llama.LowFrequencyFactor,
            ["high_freq_factor"] = llama.HighFrequencyFactor,
            ["original_max_position_embeddings"] = llama.OriginalMaxPositions,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "no new model has this scaling"),
    };
}
