using System.Text.Json.Nodes;
using AlignSharp.Data.Files;
using AlignSharp.Tracking;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Collects the history of a run and writes it as <c>trainer_state.json</c>, with the keys of transformers' Trainer.</summary>
internal sealed class TrainerState : ITracker
{
    public const string FileName = "trainer_state.json";

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly JsonArray _history = [];
    private readonly TrainingRunOptions _options;
    private RunStart _run = new("", 0);

    public TrainerState(TrainingRunOptions options) => _options = options;

    public void Start(RunStart run) => _run = run;

    public void Record(StepMetrics metrics) => Append(metrics.Step, metrics.Epoch, metrics.Named());

    public void Record(EvaluationMetrics metrics) => Append(metrics.Step, metrics.Epoch, metrics.Named());

    public void Finish() { }

    /// <summary>Writes the state of a run at the given point.</summary>
    public void Write(string folder, TrainingProgress progress)
    {
        var json = new JsonObject
        {
            ["best_metric"] = null,
            ["best_model_checkpoint"] = null,
            ["epoch"] = progress.Epoch,
            ["eval_steps"] = _options.EvalSteps.Resolve(_run.TotalSteps),
            ["global_step"] = progress.Step,
            ["is_hyper_param_search"] = false,
            ["is_local_process_zero"] = true,
            ["is_world_process_zero"] = true,
            ["log_history"] = _history.DeepClone(),
            ["logging_steps"] = _options.LoggingSteps.Resolve(_run.TotalSteps),
            ["max_steps"] = _run.TotalSteps,
            ["num_input_tokens_seen"] = progress.NumTokens,
            ["num_train_epochs"] = _options.NumTrainEpochs,
            ["save_steps"] = _options.SaveSteps.Resolve(_run.TotalSteps),
            ["stateful_callbacks"] = new JsonObject(),
            ["total_flos"] = 0,
            ["train_batch_size"] = _options.PerDeviceTrainBatchSize,
            ["trial_name"] = null,
            ["trial_params"] = null,
        };
        AtomicFile.WriteText(Path.Combine(folder, FileName), json.ToJsonString(Indented) + "\n");
    }

    private void Append(int step, double epoch, IEnumerable<KeyValuePair<string, double>> metrics)
    {
        var entry = new JsonObject { ["epoch"] = epoch, ["step"] = step };
        foreach (var (key, value) in metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
            entry[key] = double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _history.Add(entry);
    }
}
