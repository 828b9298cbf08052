using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Diagnostics;
using AlignSharp.Models.Llama;
using AlignSharp.Runtime;
using AlignSharp.Training;
using TorchSharp;

namespace AlignSharp.Recipes.Planning;

/// <summary>Says what a training run will take before its model is loaded: <c>align plan</c>.</summary>
public static class PlanRecipe
{
    /// <summary>Reads configurations and rows, tokenises them, and measures the machine for a second or two. Writes nothing.</summary>
    /// <param name="options">The run, a <see cref="DpoRunOptions"/> or <see cref="SftRunOptions"/>.</param>
    /// <param name="note">Receives a line for each fact that the user should know.</param>
    /// <param name="cancellation">Checked between rows and between measurements.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data.</exception>
    public static PlanReport Run(TrainingRunOptions options, Action<string> note, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        options.Validate();
        ComputeThreads.Configure(options.Threads);
        var device = ComputePlace.Device(options.Device);
        if (device.type != DeviceType.CPU) throw new ConfigurationException("device: plans are made for the CPU; a GPU's memory is not known here, so give device: cpu");
        var source = ModelSource.Read(options.ModelNameOrPath, options.AdapterNameOrPath);
        var type = PolicyPreparation.Type(options, device, note);
        var rows = Rows(options, source, note, cancellation);
        var updates = MicroBatches.Plan(options, rows.Count, "rows", row => rows[row].Tokens);
        var shape = RunShape.Of(options, source, type, rows.Count);

        var epoch = EpochSize.Of(rows);
        var mean = MeanMicroBatch(updates, epoch);
        var speed = new StepCalibration(shape).Measure((int)mean, (int)(epoch.Tokens / rows.Count), cancellation);
        // Last, when the process holds about what it holds in the run.
        return Report(options, source, RunShape.InThisProcess(shape, adapterIsLoaded: false), rows, updates, speed);
    }

    private static PlanReport Report(TrainingRunOptions options, ModelSource source, TrainingShape shape, List<RowSize> rows, UpdatePlan updates, StepSpeed speed)
    {
        var (largest, available, epoch, planner) = (LargestMicroBatch.Of(updates, rows), RunShape.Available(), EpochSize.Of(rows), new MemoryPlanner(shape));
        MemoryPlan keeping = planner.Plan(largest.Tokens, largest.Scored, recomputes: false), recomputing = planner.Plan(largest.Tokens, largest.Scored, recomputes: true);
        var recomputes = options.GradientCheckpointing == CheckpointingChoice.Auto ? ActivationPlan.IsNeeded(keeping, available) : options.GradientCheckpointing == CheckpointingChoice.On;
        int? MostRows(bool recomputing) => planner.MostRows(rows, available, recomputing) is var most && most == rows.Count ? null : most;
        var parameters = LlamaWeights.Of(shape.Model).Sum(weight => weight.Elements);
        return new PlanReport
        {
            Method = options is DpoRunOptions ? "dpo" : "sft",
            Model = source.BaseFolder,
            Parameters = parameters,
            TrainedParameters = shape.TrainedElements,
            Dtype = ModelFolder.TypeName(shape.Type),
            Rows = rows.Count,
            Tokens = epoch.Tokens,
            LargestMicroBatch = largest,
            MeanMicroBatchTokens = MeanMicroBatch(updates, epoch),
            Keeping = keeping,
            Recomputing = recomputing,
            GradientCheckpointing = recomputes,
            AvailableBytes = available,
            MostRowsKeeping = MostRows(false),
            MostRowsRecomputing = MostRows(true),
            MostTokensKeeping = planner.MostTokens(available, recomputes: false),
            MostTokensRecomputing = planner.MostTokens(available, recomputes: true),
            Disk = Disk(options, source, shape, updates),
            Time = new TimePlanner(shape, speed).Plan(epoch, updates.UpdatesPerEpoch, updates.TotalSteps, options is DpoRunOptions { Reference: not ReferenceChoice.None }, recomputes),
        };
    }

    private static List<RowSize> Rows(TrainingRunOptions options, ModelSource source, Action<string> note, CancellationToken cancellation)
    {
        var host = RunHost.Silent with { Note = note };
        return options switch
        {
            DpoRunOptions dpo => [.. new PreferenceData(dpo, source, host).LoadTraining(cancellation).Train.Select(RowSize.Of)],
            SftRunOptions sft => [.. new SequenceData(sft, source, host).LoadTraining(cancellation).Train.Select(RowSize.Of)],
            _ => throw new ArgumentException($"Runs of {options.GetType().Name} cannot be planned.", nameof(options)),
        };
    }

    private static double MeanMicroBatch(UpdatePlan updates, EpochSize epoch)
    {
        var some = updates.Updates().Take(Math.Min(updates.UpdatesPerEpoch, 1000)).ToArray();
        return epoch.Tokens / (double)updates.UpdatesPerEpoch / some.Average(update => update.MicroBatches.Count);
    }

    private static DiskPlan Disk(TrainingRunOptions options, ModelSource source, TrainingShape shape, UpdatePlan updates)
    {
        // A line of metrics.jsonl, and an entry of each trainer_state.json.
        const int LogBytes = 700;
        var (save, log) = (TrainingRun.StepsBetween(options.SaveStrategy, options.SaveSteps, updates), TrainingRun.StepsBetween(options.LoggingStrategy, options.LoggingSteps, updates));
        var all = save == 0 ? 0 : updates.TotalSteps / save;
        // The new one is complete before the oldest goes.
        var standing = options.SaveTotalLimit is > 0 and var limit ? Math.Min(all, limit + 1) : all;
        var logged = log == 0 ? 0 : updates.TotalSteps / log;
        return new DiskPlan
        {
            CheckpointBytes = (shape.Adapter is null ? WeightBytes.Of(shape).Total : shape.TrainedBytes)
                + TokenizerFolder.Files(source.TokenizerFolder).Sum(file => new FileInfo(file).Length),
            Checkpoints = standing,
            LogBytes = (2L + standing) * logged * LogBytes,
            FreeBytes = FreeSpace.At(options.OutputDir),
        };
    }
}
