using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>A new Llama with random weights and a byte-level tokenizer of its own, as a Hugging Face folder: <c>align init</c>.</summary>
public static class InitRecipe
{
    /// <summary>Makes the folder, which appears when it is complete, or not at all. Equal options and texts give equal files.</summary>
    /// <param name="options">Which model.</param>
    /// <param name="note">Receives a line for each fact that the user should know.</param>
    /// <param name="cancellation">Checked between texts, and before the weights are made.</param>
    /// <exception cref="AlignSharpException">A fault of configuration or files.</exception>
    public static InitReport Run(InitRunOptions options, Action<string> note, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        options.Validate();
        using var draft = FolderDraft.Begin(options.OutputDir);
        ComputeThreads.Configure(null);
        var bundle = TrainTokenizer(options, cancellation);
        var tokenizer = bundle.Load();
        cancellation.ThrowIfCancellationRequested();
        var vocabulary = options.IsNamed ? options.VocabularySize : tokenizer.VocabularySize;
        if (tokenizer.VocabularySize < options.VocabularySize) note(SmallVocabulary(options, tokenizer.VocabularySize));

        var config = NewModelConfig.Of(options.Shape(vocabulary), tokenizer);
        var type = options.Dtype == DtypeChoice.Auto ? ScalarType.Float32 : ComputePlace.Type(options.Dtype, CPU);
        bundle.Save(draft.Path);
        WriteGenerationConfig(draft.Path, config);
        if (options.IsNamed) SaveInTurn(draft.Path, config, type, options.Seed, cancellation);
        else SaveWhole(draft.Path, config, type, options.Seed);
        var report = new InitReport(options.OutputDir, LlamaWeights.Of(config.Shape).Sum(weight => weight.Elements), vocabulary, ModelFolder.TypeName(type));
        draft.Complete();
        return report;
    }

    private static string SmallVocabulary(InitRunOptions options, int tokens)
    {
        var cause = options.TextFiles.Count == 0 ? "without text there are bytes only" : "the texts have no more pairs that occur twice";
        return options.IsNamed ? $"the tokenizer has {tokens} tokens of the model's {options.VocabularySize}: {cause}" : $"vocab_size: the vocabulary has {tokens} tokens, not {options.VocabularySize}: {cause}";
    }

    private static void SaveWhole(string folder, ModelConfig config, ScalarType type, int seed)
    {
        using var model = new LlamaModel(config.Shape, DenseProjection.Create, type, CPU);
        LlamaInitialization.Fill(model, seed);
        ModelFolder.Save(folder, model, config, source: null);
    }

    // A large model need not fit into memory: each weight is made when it is written.
    private static void SaveInTurn(string folder, ModelConfig config, ScalarType type, int seed, CancellationToken cancellation)
    {
        Tensor Make(WeightShape weight)
        {
            cancellation.ThrowIfCancellationRequested();
            return LlamaInitialization.Create(weight, config.Shape, type, seed);
        }
        ModelFolder.SaveInTurn(folder, [.. LlamaWeights.Of(config.Shape).Select(weight => new TensorSource(weight.Name, type, weight.Shape, () => Make(weight)))], config, type, source: null);
    }

    private static TokenizerBundle TrainTokenizer(InitRunOptions options, CancellationToken cancellation)
    {
        var texts = options.TextFiles.SelectMany(TextFiles.Corpus).Select(text =>
        {
            cancellation.ThrowIfCancellationRequested();
            return text;
        });
        try
        {
            return BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = options.VocabularySize });
        }
        catch (ConfigurationException fault) when (fault.Message.StartsWith(nameof(BpeTrainerOptions.VocabularySize), StringComparison.Ordinal))
        {
            throw new ConfigurationException($"vocab_size{fault.Message[nameof(BpeTrainerOptions.VocabularySize).Length..]}", fault);
        }
    }

    private static void WriteGenerationConfig(string folder, ModelConfig config) => JsonObjectFile.Write(
        Path.Combine(folder, GenerationConfig.FileName),
        new JsonObject { ["_from_model_config"] = true, ["bos_token_id"] = config.BosTokenId, ["eos_token_id"] = config.EosTokenIds[0] },
        sorted: true);
}
