using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Runtime;
using AlignSharp.Tracking;
using AlignSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Direct Preference Optimization of a model or an adapter, from folders and files to a folder: <c>align dpo</c>.</summary>
public static class DpoRecipe
{
    /// <summary>Runs it. Everything that can be checked is checked before the first step.</summary>
    /// <param name="options">The run.</param>
    /// <param name="host">Shows the run and takes notes.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data, or divergence.</exception>
    public static DpoResult Run(DpoRunOptions options, RunHost host, CancellationToken cancellation = default)
    {
        options.Validate();
        OutputFolder.Prepare(options.OutputDir);
        if (RunOutput.HoldsResult(options.OutputDir)) host.Note($"{options.OutputDir}: holds the result of an earlier run, which this run replaces");
        ComputeThreads.Configure(options.Threads);
        random.manual_seed(options.Seed);
        var device = ComputePlace.Device(options.Device);

        using var policy = PolicyLoader.Load(options.ModelNameOrPath, options.AdapterNameOrPath, Type(options, device, host), device, FreshAdapter(options));
        Prepare(policy, options);
        // A misspelt name must not train less than was asked for without a word.
        if (policy.Adapter is { UnmatchedNames: { Count: > 0 } unmatched })
            host.Note($"lora_target_modules: {string.Join(", ", unmatched)} match no projection of {policy.BaseFolder} and are left out (as PEFT does); adapted are {policy.Adapter.Paths.Count} projections");
        var train = Load(PreferenceFiles.Resolve(options.DatasetName, options.DatasetTrainSplit), options, policy, host, cancellation);
        var evaluation = EvaluationFile(options) is { } file ? Load(file, options, policy, host, cancellation) : null;

        ActivationPlan.Apply(options.GradientCheckpointing, policy.Model, ActivationPlan.MostTokens(train, options.PerDeviceTrainBatchSize, options.MaxTokensPerBatch), host.Note);
        using var references = References.Choose(options, policy);
        host.Note($"reference: {references.Description}");
        var memory = new ReferenceMemory(references, policy, options, host);
        var objective = Objectives.Registry.Create(options.LossType, new ObjectiveParameters(options.Beta, options.LabelSmoothing));
        var pass = new PreferencePass(policy.Model, memory.For(train, options.PerDeviceTrainBatchSize, cancellation), objective);
        var evaluator = evaluation is null ? null : new PairEvaluator(new PreferencePass(policy.Model, memory.For(evaluation, options.PerDeviceEvalBatchSize, cancellation), objective), evaluation, options.PerDeviceEvalBatchSize, options.MaxTokensPerBatch ?? int.MaxValue);

        var plan = Plan(options, train, host);
        using var optimizer = new AlignSharp.Optimizers.AdamW(policy.Trainable(), new AdamWOptions
        {
            Beta1 = options.AdamBeta1,
            Beta2 = options.AdamBeta2,
            Epsilon = options.AdamEpsilon,
            WeightDecay = options.WeightDecay,
            MaxGradNorm = options.MaxGradNorm,
        });
        // The rehearsal asks the reference itself, unless the run's memory of it is already full.
        var rehearsed = options.PrecomputeRefLogProbs ? pass : new PreferencePass(policy.Model, references.Source, objective);
        new Rehearsal(new PreferenceTask(rehearsed, train), plan, optimizer, host.Note).Run(cancellation);

        var state = new TrainerState(options);
        using var metrics = new JsonLinesTracker(Path.Combine(options.OutputDir, "metrics.jsonl"));
        var tracker = new TrackerGroup([metrics, state, host.View], host.Note);
        var output = new RunOutput(options, policy, references.Description, state);
        var schedule = Optimizers.Registry.CreateSchedule(options.LrSchedulerType, new ScheduleSpan(options.Warmup.Resolve(plan.TotalSteps), plan.TotalSteps), options.LearningRate, options.LrSchedulerKwargs);
        var loop = new TrainingLoop(new PreferenceTask(pass, train), plan, optimizer, schedule, tracker, LoopOptionsOf(options, plan))
        {
            Evaluate = evaluator is null ? null : evaluator.Evaluate,
            Save = output.SaveCheckpoint,
        };
        return Train(loop, plan, tracker, output, options, cancellation);
    }

    private static DpoResult Train(TrainingLoop loop, UpdatePlan plan, TrackerGroup tracker, RunOutput output, DpoRunOptions options, CancellationToken cancellation)
    {
        tracker.Start(new RunStart(options.RunName ?? options.OutputDir, plan.TotalSteps));
        try
        {
            if (options.EvalOnStart) loop.RecordEvaluation(cancellation);
            loop.Run(cancellation);
            output.SaveResult(loop.Progress);
            return new DpoResult(options.OutputDir, loop.Step, Interrupted: false);
        }
        catch (OperationCanceledException) when (loop.Step > 0)
        {
            output.SaveCheckpoint(loop.Progress);
            return new DpoResult(options.OutputDir, loop.Step, Interrupted: true);
        }
        finally
        {
            tracker.Finish();
        }
    }

    // Weights that are trained themselves need float32: at these learning rates an update is smaller than bfloat16's last bit.
    private static ScalarType Type(DpoRunOptions options, Device device, RunHost host)
    {
        var trainsWeights = !options.UsePeft && PolicyLoader.Resolve(options.ModelNameOrPath, options.AdapterNameOrPath).AdapterFolder is null;
        if (!trainsWeights) return ComputePlace.Type(options.Dtype, device);
        if (options.Dtype == DtypeChoice.Auto) return ScalarType.Float32;
        if (options.Dtype == DtypeChoice.Float16)
            throw new ConfigurationException("dtype: full fine-tuning in float16 is not possible, AdamW's epsilon and moments vanish in it; set dtype: float32, or train an adapter");
        var type = ComputePlace.Type(options.Dtype, device);
        if (type != ScalarType.Float32)
            host.Note($"dtype: full fine-tuning in {ModelFolder.TypeName(type)} loses updates below the last bit of a weight; dtype: float32 or an adapter does not");
        return type;
    }

    private static LoraOptions? FreshAdapter(DpoRunOptions options) => options.UsePeft ? LoraOptionsOf(options) : null;

    private static LoraOptions LoraOptionsOf(DpoRunOptions options) => new()
    {
        Rank = options.LoraR,
        Alpha = options.LoraAlpha,
        Dropout = options.LoraDropout,
        RankStabilized = options.UseRslora,
        Targets = options.LoraTargetPattern is { } pattern ? AdapterConfigFile.LoraTargetsOf(pattern, "lora_target_modules")
            : options.LoraTargetModules.Count > 0 ? new NamedTargets(options.LoraTargetModules)
            : LoraTargets.Default,
    };

    private static void Prepare(Policy policy, DpoRunOptions options)
    {
        if (policy.Origin is not null) RequireSameAdapter(policy.Adapter!, options);
        else policy.Adapter?.Initialize(options.Seed);
        if (policy.Adapter is null)
            foreach (var (_, parameter) in policy.Trainable()) parameter.requires_grad = true;
        if (options.DisableDropout) policy.Model.eval();
        else policy.Model.train();
    }

    // lora_* keys beside a loaded adapter are not ignored: they must say what the adapter says.
    private static void RequireSameAdapter(LoraAdapter adapter, DpoRunOptions options)
    {
        var loaded = adapter.Options;
        var asked = LoraOptionsOf(options);
        (string Key, object Asked, object Loaded)[] keys =
        [
            ("lora_r", asked.Rank, loaded.Rank), ("lora_alpha", asked.Alpha, loaded.Alpha), ("lora_dropout", asked.Dropout, loaded.Dropout),
            ("use_rslora", asked.RankStabilized, loaded.RankStabilized),
        ];
        foreach (var (key, wanted, found) in keys)
            if (options.GivenKeys.Contains(key) && !wanted.Equals(found))
                throw new ConfigurationException($"{key} differs from the loaded adapter's ({FormattableString.Invariant($"{found}")}); remove the key, or start a new adapter");
        if (options.GivenKeys.Contains("lora_target_modules") && !adapter.Adapts(asked.Targets))
            throw new ConfigurationException($"lora_target_modules means other projections than the loaded adapter's ({string.Join(", ", adapter.Paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct())}); remove the key, or start a new adapter");
    }

    private static IReadOnlyList<TokenizedPair> Load(string file, DpoRunOptions options, Policy policy, RunHost host, CancellationToken cancellation) =>
        PreferenceData.Load(file, policy.TokenizerFolder, options.MaxLength, policy.Model.VocabularySize, host.Note, cancellation);

    private static string? EvaluationFile(DpoRunOptions options) =>
        options.EvalStrategy == IntervalChoice.No && !options.EvalOnStart ? null
        : PreferenceFiles.Resolve(options.EvalDatasetName ?? options.DatasetName, options.DatasetTestSplit);

    private static UpdatePlan Plan(DpoRunOptions options, IReadOnlyList<TokenizedPair> train, RunHost host)
    {
        var random = new RandomOrder(train.Count, options.DataSeed ?? options.Seed);
        IRowOrder order = options.TrainSamplingStrategy switch
        {
            SamplingStrategy.Sequential => new SequentialOrder(train.Count),
            SamplingStrategy.GroupByLength => new GroupByLengthOrder(
                [.. train.Select(p => p.PackedTokens)], options.PerDeviceTrainBatchSize * options.GradientAccumulationSteps, random),
            _ => random,
        };
        var plan = new UpdatePlan(order, train.Count, options.PerDeviceTrainBatchSize, options.GradientAccumulationSteps,
            options.NumTrainEpochs, options.MaxSteps > 0 ? options.MaxSteps : null, options.DataloaderDropLast)
        {
            MicroBatching = MicroBatches.Choose(options, train, host.Note),
        };
        if (plan.MicroBatchesPerEpoch == 0)
            throw new ConfigurationException($"dataloader_drop_last: {train.Count} pairs do not fill a micro-batch of {options.PerDeviceTrainBatchSize}; lower per_device_train_batch_size");
        return plan;
    }

    private static LoopOptions LoopOptionsOf(DpoRunOptions options, UpdatePlan plan)
    {
        int Interval(IntervalChoice choice, StepInterval steps) => choice switch
        {
            IntervalChoice.Steps => Math.Max(1, steps.Resolve(plan.TotalSteps)),
            IntervalChoice.Epoch => plan.UpdatesPerEpoch,
            _ => 0,
        };
        return new LoopOptions
        {
            LearningRate = options.LearningRate,
            LoggingSteps = Interval(options.LoggingStrategy, options.LoggingSteps),
            LogFirstStep = options.LoggingFirstStep,
            EvaluationSteps = Interval(options.EvalStrategy, options.EvalSteps),
            SaveSteps = Interval(options.SaveStrategy, options.SaveSteps),
        };
    }
}
