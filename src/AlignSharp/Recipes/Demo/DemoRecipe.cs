using System.Diagnostics;
using System.Text.Json;
using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Files;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Evaluation;
using AlignSharp.Models.Llama;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes.Demo;

/// <summary>
/// The whole way on made-up data with a known truth: data, tokenizer, a small Llama fine-tuned on both kinds of answer until it is
/// undecided, then DPO with a LoRA adapter; measured before and after. Needs neither network nor files.
/// </summary>
public static class DemoRecipe
{
    private static readonly JsonSerializerOptions ReportJson = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the demo and writes <c>demo.json</c>.</summary>
    /// <param name="folder">Output folder.</param>
    /// <param name="settings">Sizes and rates.</param>
    /// <param name="host">Shows the stages and takes notes.</param>
    /// <param name="cancellation">Ends the demo.</param>
    public static DemoReport Run(string folder, DemoSettings settings, RunHost host, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var paths = new DemoPaths(folder);
        OutputFolder.Prepare(folder);
        ComputeThreads.Configure(settings.Threads);

        var data = WriteData(paths, settings, host);
        var tokenizer = TrainTokenizer(paths, data, settings, host);
        var judge = new DemoJudge(settings, tokenizer, data.HeldOut);
        var heldOut = Tokenize(paths.TestFile, tokenizer, cancellation);

        FineTune(paths, Tokenize(paths.TrainFile, tokenizer, cancellation), tokenizer, settings, host, cancellation);
        host.Note("sampling answers to held-out questions before alignment");
        var (before, answersBefore) = Measure(paths.Model, null, judge, heldOut, settings, cancellation);

        WriteConfiguration(paths, settings);
        DpoRecipe.Run(DpoOptions(paths, settings), host, cancellation);
        cancellation.ThrowIfCancellationRequested();
        host.Note("sampling answers to held-out questions after alignment");
        var (after, answersAfter) = Measure(paths.Model, paths.Adapter, judge, heldOut, settings, cancellation);

        var topics = DemoData.Topics.Select(topic => new DemoTopicQuality(topic,
            judge.Quality(answersBefore, q => q.Topic == topic), judge.Quality(answersAfter, q => q.Topic == topic))).ToArray();
        var report = new DemoReport(clock.Elapsed.TotalSeconds, ProcessMemory.Now().PeakBytes / 1048576.0, before, after, topics,
            Examples(data.HeldOut, answersBefore, answersAfter), paths);
        WriteReport(report);
        return report;
    }

    private static DemoData WriteData(DemoPaths paths, DemoSettings settings, RunHost host)
    {
        var data = DemoData.Generate(settings.Seed, settings.TrainQuestions, settings.HeldOutQuestions);
        Directory.CreateDirectory(paths.Data);
        AtomicFile.Write(paths.TrainFile, stream => DemoRowWriter.Write(data.Train, stream));
        AtomicFile.Write(paths.TestFile, stream => DemoRowWriter.Write(data.HeldOut, stream));
        host.Note($"data: {data.Train.Count} questions to learn from, {data.HeldOut.Count} held out, topics: {string.Join(", ", DemoData.Topics)}");
        return data;
    }

    private static ITokenizer TrainTokenizer(DemoPaths paths, DemoData data, DemoSettings settings, RunHost host)
    {
        var texts = data.Train.SelectMany(pair => new[] { StackExchangePrompt.Of(pair.Question.Text) + pair.Better, pair.Worse });
        var bundle = BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = settings.VocabularySize });
        bundle.Save(paths.Model);
        var tokenizer = bundle.Load();
        host.Note($"tokenizer: byte-level BPE, {tokenizer.VocabularySize} tokens");
        return tokenizer;
    }

    private static IReadOnlyList<TokenizedPair> Tokenize(string file, ITokenizer tokenizer, CancellationToken cancellation) =>
        new PairTokenizer(tokenizer, new PairTokenizerOptions()).Tokenize([.. PreferenceFiles.Read(file)], cancellation).Pairs;

    private static void FineTune(DemoPaths paths, IReadOnlyList<TokenizedPair> pairs, ITokenizer tokenizer, DemoSettings settings, RunHost host, CancellationToken cancellation)
    {
        var config = DemoModel.Config(settings, tokenizer);
        using var model = new LlamaModel(config.Shape, Models.DenseProjection.Create, ScalarType.Float32, CPU);
        LlamaInitialization.Fill(model, settings.Seed, settings.EmbeddingDeviation);
        host.Note($"model: a Llama of {model.parameters().Sum(p => p.numel()) / 1000:N0} thousand parameters, fine-tuned on better and worse answers alike");
        DemoFineTuning.Run(model, pairs, settings, host.View, cancellation);
        ModelFolder.Save(paths.Model, model, config, source: null);
    }

    private static (DemoFigures Figures, IReadOnlyList<string> Answers) Measure(
        string model, string? adapter, DemoJudge judge, IReadOnlyList<TokenizedPair> heldOut, DemoSettings settings, CancellationToken cancellation)
    {
        using var policy = PolicyLoader.Load(model, adapter, ScalarType.Float32, CPU);
        IReferenceSource reference = policy.Adapter is null ? new ModelReference(policy.Model) : new AdapterReference(policy.Model, policy.Adapter, AdapterUse.Off);
        var (accuracy, margin) = DemoJudge.Rewards(policy.Model, reference, heldOut, settings.Beta);
        var answers = judge.Answers(policy.Model, cancellation);
        return (new DemoFigures(accuracy, margin, judge.Quality(answers)), answers);
    }

    private static DpoRunOptions DpoOptions(DemoPaths paths, DemoSettings settings) => new()
    {
        ModelNameOrPath = paths.Model,
        DatasetName = paths.Data,
        OutputDir = paths.Adapter,
        UsePeft = true,
        LoraR = settings.LoraRank,
        LoraAlpha = settings.LoraAlpha,
        LoraDropout = 0,
        LoraTargetPattern = "all-linear",
        Dtype = DtypeChoice.Float32,
        Device = "cpu",
        Threads = settings.Threads,
        Beta = settings.Beta,
        LearningRate = settings.DpoLearningRate,
        LrSchedulerType = "cosine",
        Warmup = new StepInterval(settings.DpoWarmupSteps),
        PerDeviceTrainBatchSize = settings.DpoBatchPairs,
        NumTrainEpochs = settings.DpoEpochs,
        MaxGradNorm = settings.MaxGradNorm,
        Seed = settings.Seed,
        LoggingSteps = new StepInterval(5),
        SaveStrategy = IntervalChoice.No,
        RunName = "DPO",
    };

    // The same run as a file: the configuration that a user would start from.
    private static void WriteConfiguration(DemoPaths paths, DemoSettings settings) => AtomicFile.WriteText(paths.Configuration, FormattableString.Invariant($"""
        # The second stage of the demo: align dpo --config {paths.Configuration}
        model_name_or_path: {paths.Model}
        dataset_name: {paths.Data}
        output_dir: {paths.Adapter}
        use_peft: true
        lora_r: {settings.LoraRank}
        lora_alpha: {settings.LoraAlpha}
        lora_dropout: 0.0
        lora_target_modules: all-linear
        dtype: float32
        device: cpu
        threads: {settings.Threads}
        beta: {settings.Beta}
        learning_rate: {settings.DpoLearningRate}
        lr_scheduler_type: cosine
        warmup_steps: {settings.DpoWarmupSteps}
        per_device_train_batch_size: {settings.DpoBatchPairs}
        num_train_epochs: {settings.DpoEpochs}
        max_grad_norm: {settings.MaxGradNorm}
        seed: {settings.Seed}
        logging_steps: 5
        save_strategy: "no"

        """));

    // A question of each of three topics: first where alignment mended the answer, so that the table shows what changed.
    private static DemoExample[] Examples(IReadOnlyList<DemoPair> heldOut, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var examples = heldOut.Select((pair, i) => (pair.Question.Topic, Example: new DemoExample(pair.Question.Text,
            before[i], AnswerChecker.IsRightAndComplete(pair.Question, before[i]), after[i], AnswerChecker.IsRightAndComplete(pair.Question, after[i]))));
        return [.. examples.OrderByDescending(e => (!e.Example.BeforeIsRight, e.Example.AfterIsRight)).DistinctBy(e => e.Topic).Take(3).Select(e => e.Example)];
    }

    private static void WriteReport(DemoReport report) => AtomicFile.WriteText(report.Paths.Report, JsonSerializer.Serialize(new
    {
        report.Seconds,
        report.PeakMib,
        report.Before,
        report.After,
        report.Topics,
        report.Examples,
    }, ReportJson) + "\n");
}
