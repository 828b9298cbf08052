using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models.Llama;

namespace AlignSharp.Recipes.Demo;

/// <summary>The demo's model as a Hugging Face configuration.</summary>
internal static class DemoModel
{
    private const int MaxPositions = 256;

    public static ModelConfig Config(DemoSettings settings, ITokenizer tokenizer)
    {
        var shape = new LlamaConfig
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = settings.HiddenSize,
            IntermediateSize = settings.IntermediateSize,
            Layers = settings.Layers,
            Heads = settings.AttentionHeads,
            KeyValueHeads = settings.AttentionHeads,
            HeadDim = settings.HiddenSize / settings.AttentionHeads,
            MaxPositions = MaxPositions,
            RopeTheta = settings.RopeTheta,
            InitializerRange = settings.InitializerRange,
        };
        return new ModelConfig
        {
            Shape = shape,
            BosTokenId = tokenizer.Special.Bos!.Id,
            EosTokenIds = [tokenizer.Special.Eos!.Id],
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
                ["rope_scaling"] = null,
                ["attention_bias"] = false,
                ["mlp_bias"] = false,
                ["tie_word_embeddings"] = false,
                ["initializer_range"] = shape.InitializerRange,
                ["bos_token_id"] = tokenizer.Special.Bos.Id,
                ["eos_token_id"] = tokenizer.Special.Eos.Id,
            },
        };
    }
}
