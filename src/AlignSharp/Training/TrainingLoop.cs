using System.Diagnostics;
using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;
using AlignSharp.Tracking;

namespace AlignSharp.Training;

/// <summary>The loop: accumulate the micro-batches of an update, step, log, evaluate, save. It owns none of its parts.</summary>
/// <param name="task">Turns rows into gradients.</param>
/// <param name="plan">Which rows each update sees.</param>
/// <param name="optimizer">Updates the parameters.</param>
/// <param name="schedule">Scales the learning rate.</param>
/// <param name="tracker">Receives the metrics.</param>
/// <param name="options">Rates and intervals.</param>
public sealed class TrainingLoop(ITrainingTask task, UpdatePlan plan, Optimizer optimizer, ILearningRateSchedule schedule, ITracker tracker, LoopOptions options)
{
    /// <summary>Measures the evaluation set; null when there is none.</summary>
    public Func<CancellationToken, BatchMetrics>? Evaluate { get; init; }

    /// <summary>Saves a checkpoint of the run at the given point; null when none are kept.</summary>
    public Action<TrainingProgress>? Save { get; init; }

    /// <summary>How far the run has come.</summary>
    public TrainingProgress Progress { get; private set; }

    /// <summary>Updates done.</summary>
    public int Step => Progress.Step;

    /// <summary>Runs to the end of the plan.</summary>
    /// <param name="cancellation">Checked between updates; what the last one did stands.</param>
    /// <exception cref="DivergenceException">A loss or a gradient is not finite; the parameters are those before that update.</exception>
    /// <exception cref="OperationCanceledException">The run was asked to stop.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        var window = new List<(BatchMetrics, double)>();
        foreach (var update in plan.Updates())
        {
            cancellation.ThrowIfCancellationRequested();
            for (var micro = 0; micro < update.MicroBatches.Count; micro++)
                window.Add((Accumulate(update, micro), update.Weight(task.LossTerms(update.MicroBatches[micro]))));
            var done = optimizer.Update(options.LearningRate * schedule.Factor(Step));
            if (!double.IsFinite(done.GradNorm)) throw Diverged("gradient norm", done.GradNorm, update.MicroBatches.SelectMany(m => m));
            Progress = new TrainingProgress(Step + 1, update.Epoch, Progress.NumTokens + update.MicroBatches.Sum(task.SequenceTokens));
            if (IsDue(options.LoggingSteps) || (Step == 1 && options.LogFirstStep))
            {
                tracker.Record(Measured(window, done));
                window.Clear();
            }
            if (IsDue(options.EvaluationSteps)) RecordEvaluation(cancellation);
            if (IsDue(options.SaveSteps)) Save?.Invoke(Progress);
        }
    }

    /// <summary>Evaluates and records the result under the current step.</summary>
    /// <param name="cancellation">Checked between batches.</param>
    public void RecordEvaluation(CancellationToken cancellation = default)
    {
        if (Evaluate is null) return;
        var clock = Stopwatch.StartNew();
        var metrics = Evaluate(cancellation);
        tracker.Record(new EvaluationMetrics { Step = Step, Epoch = Progress.Epoch, Batch = metrics, Runtime = clock.Elapsed.TotalSeconds });
    }

    private bool IsDue(int interval) => interval > 0 && Step % interval == 0;

    private BatchMetrics Accumulate(TrainingUpdate update, int micro)
    {
        var metrics = task.Accumulate(update, micro);
        if (!double.IsFinite(metrics.Loss)) throw Diverged("loss", metrics.Loss, update.MicroBatches[micro]);
        return metrics;
    }

    private StepMetrics Measured(List<(BatchMetrics, double)> window, OptimizerUpdate done) => new()
    {
        Step = Step,
        Epoch = Progress.Epoch,
        Batch = BatchMetrics.Mean(window),
        GradNorm = done.GradNorm,
        LearningRate = done.LearningRate,
        NumTokens = Progress.NumTokens,
    };

    private DivergenceException Diverged(string what, double value, IEnumerable<int> rows) => new(
        $"step {Step + 1}: the {what} is {value} on {string.Join(", ", rows.Take(8).Select(task.NameRow))}; " +
        "lower learning_rate or max_grad_norm, or look at these rows");
}
