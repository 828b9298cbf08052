using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;
using AlignSharp.Tracking;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>
/// What every training recipe does once it has a model and a task: plan, optimizer, schedule, rehearsal, loop, checkpoints, result. Owns none of what it is given.
/// </summary>
/// <param name="options">The run.</param>
/// <param name="policy">The model that is trained.</param>
/// <param name="card">What the model card says of the method.</param>
/// <param name="lineage">What the run comes from.</param>
/// <param name="host">Shows the run and takes notes.</param>
internal sealed class TrainingRun(TrainingRunOptions options, Policy policy, ModelCardFacts card, RunLineage lineage, RunHost host)
{
    /// <summary>A chat template that the result gets in place of the tokenizer's, or null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Trains to the end, or to a cancellation.</summary>
    /// <param name="task">Turns rows into gradients.</param>
    /// <param name="rehearsed">The same task as the rehearsal runs it.</param>
    /// <param name="evaluate">Measures the evaluation set; null when there is none.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint.</param>
    public TrainingResult Run(ITrainingTask task, ITrainingTask rehearsed, Func<CancellationToken, BatchMetrics>? evaluate, CancellationToken cancellation)
    {
        var plan = Plan(task);
        using var optimizer = Registry.CreateOptimizer(options.Optim, policy.Trainable(), new AdamWOptions
        {
            Beta1 = options.AdamBeta1,
            Beta2 = options.AdamBeta2,
            Epsilon = options.AdamEpsilon,
            WeightDecay = options.WeightDecay,
            MaxGradNorm = options.MaxGradNorm,
            PageFolder = options.OutputDir,
        }, options.OptimArgs);
        new Rehearsal(rehearsed, plan, optimizer, host.Note).Run(cancellation);

        var state = new TrainerState(options);
        using var metrics = new JsonLinesTracker(Path.Combine(options.OutputDir, "metrics.jsonl"));
        var tracker = new TrackerGroup([metrics, state, host.View], host.Note);
        var output = new RunOutput(options, policy, card, lineage, state) { ChatTemplate = ChatTemplate };
        var schedule = Registry.CreateSchedule(options.LrSchedulerType, new ScheduleSpan(options.Warmup.Resolve(plan.TotalSteps), plan.TotalSteps), options.LearningRate, options.LrSchedulerKwargs);
        var loop = new TrainingLoop(task, plan, optimizer, schedule, tracker, LoopOptionsOf(plan))
        {
            Evaluate = evaluate,
            Save = output.SaveCheckpoint,
        };
        return Run(loop, plan, tracker, output, cancellation);
    }

    private TrainingResult Run(TrainingLoop loop, UpdatePlan plan, TrackerGroup tracker, RunOutput output, CancellationToken cancellation)
    {
        tracker.Start(new RunStart(options.RunName ?? options.OutputDir, plan.TotalSteps));
        try
        {
            if (options.EvalOnStart) loop.RecordEvaluation(cancellation);
            loop.Run(cancellation);
            output.SaveResult(loop.Progress);
            return new TrainingResult(options.OutputDir, loop.Step, Interrupted: false);
        }
        catch (OperationCanceledException) when (loop.Step > 0)
        {
            output.SaveCheckpoint(loop.Progress);
            return new TrainingResult(options.OutputDir, loop.Step, Interrupted: true);
        }
        finally
        {
            tracker.Finish();
        }
    }

    private UpdatePlan Plan(ITrainingTask task)
    {
        var random = new RandomOrder(task.Rows, options.DataSeed ?? options.Seed);
        IRowOrder order = options.TrainSamplingStrategy switch
        {
            SamplingStrategy.Sequential => new SequentialOrder(task.Rows),
            SamplingStrategy.GroupByLength => new GroupByLengthOrder(
                [.. Enumerable.Range(0, task.Rows).Select(row => (int)task.PackedTokens([row]))], options.PerDeviceTrainBatchSize * options.GradientAccumulationSteps, random),
            _ => random,
        };
        var plan = new UpdatePlan(order, task.Rows, options.PerDeviceTrainBatchSize, options.GradientAccumulationSteps,
            options.NumTrainEpochs, options.MaxSteps > 0 ? options.MaxSteps : null, options.DataloaderDropLast)
        {
            MicroBatching = MicroBatches.Choose(options, task, host.Note),
        };
        if (plan.MicroBatchesPerEpoch == 0)
            throw new ConfigurationException($"dataloader_drop_last: {task.Rows} {task.RowsAre} do not fill a micro-batch of {options.PerDeviceTrainBatchSize}; lower per_device_train_batch_size");
        return plan;
    }

    private LoopOptions LoopOptionsOf(UpdatePlan plan)
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
