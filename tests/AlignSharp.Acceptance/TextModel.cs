using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance;

/// <summary>A folder with a tiny random Llama and a byte-level tokenizer, for what needs text.</summary>
internal static class TextModel
{
    private static readonly TokenizerBundle Bundle = BpeTrainer.Train(["Hello you, hello me; hello all of you"], new BpeTrainerOptions { VocabularySize = 270 });

    /// <summary>The tokenizer.</summary>
    public static ITokenizer Tokenizer { get; } = Bundle.Load();

    /// <summary>Id of the end of sequence.</summary>
    public static int EosId => Tokenizer.Special.Eos!.Id;

    /// <summary>Ids of a text, with bos.</summary>
    public static int[] Ids(string text) => Tokenizer.Encode(text);

    /// <summary>Writes the model and gives its folder.</summary>
    /// <param name="parent">Folder for it.</param>
    /// <param name="generation">Content of generation_config.json, or null for none.</param>
    public static string Create(string parent, string? generation = null)
    {
        var folder = Path.Combine(parent, "text-model");
        Directory.CreateDirectory(folder);
        Bundle.Save(folder);
        if (generation is not null) File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        var config = ModelConfigReader.Read(folder);
        using var model = new LlamaModel(config.Shape, DenseProjection.Create, ScalarType.Float32, CPU);
        LlamaInitialization.Fill(model, seed: 1);
        ModelFolder.Save(folder, model, config, source: null);
        return folder;
    }

    private static JsonObject Config() => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = Tokenizer.VocabularySize,
        ["hidden_size"] = 32,
        ["intermediate_size"] = 48,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 2,
        ["max_position_embeddings"] = 64,
        ["initializer_range"] = 0.5,
        ["bos_token_id"] = Tokenizer.Special.Bos!.Id,
        ["eos_token_id"] = EosId,
    };
}
