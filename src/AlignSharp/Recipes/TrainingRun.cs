using AlignSharp.Optimizers;
using AlignSharp.Runtime;
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
        using var memory = new PrivateMemoryWatch();
        MicroBatches.NoteRowsBeyondBudget(options, task, host.Note);
        var plan = MicroBatches.Plan(options, task.Rows, task.RowsAre, row => (int)task.PackedTokens([row]));
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
        var result = Run(loop, plan, tracker, output, cancellation);
        host.Note(FormattableString.Invariant($"peak private memory {memory.PeakBytes / (double)(1L << 30):0.00} GiB"));
        return result;
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

    private LoopOptions LoopOptionsOf(UpdatePlan plan)
    {
        return new LoopOptions
        {
            LearningRate = options.LearningRate,
            LoggingSteps = StepsBetween(options.LoggingStrategy, options.LoggingSteps, plan),
            LogFirstStep = options.LoggingFirstStep,
            EvaluationSteps = StepsBetween(options.EvalStrategy, options.EvalSteps, plan),
            SaveSteps = StepsBetween(options.SaveStrategy, options.SaveSteps, plan),
        };
    }

    /// <summary>Updates between two of something recurring; 0 for never.</summary>
    /// <param name="choice">When it happens.</param>
    /// <param name="steps">After how many updates, where these count.</param>
    /// <param name="plan">The updates.</param>
    public static int StepsBetween(IntervalChoice choice, StepInterval steps, UpdatePlan plan) => choice switch
    {
        IntervalChoice.Steps => Math.Max(1, steps.Resolve(plan.TotalSteps)),
        IntervalChoice.Epoch => plan.UpdatesPerEpoch,
        _ => 0,
    };
}
