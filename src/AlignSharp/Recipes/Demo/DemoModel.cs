using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models.Llama;

namespace AlignSharp.Recipes.Demo;

/// <summary>The demo's model as a Hugging Face configuration.</summary>
internal static class DemoModel
{
    private const int MaxPositions = 256;

    public static ModelConfig Config(DemoSettings settings, ITokenizer tokenizer) => NewModelConfig.Of(
        new LlamaConfig
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
        },
        tokenizer);
}
