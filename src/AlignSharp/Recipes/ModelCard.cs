using System.Globalization;
using AlignSharp.Data.Files;

namespace AlignSharp.Recipes;

/// <summary>Writes the <c>README.md</c> of a result: front matter as model hubs read it, then what was done in a few lines.</summary>
internal static class ModelCard
{
    public static void Write(string folder, TrainingRunOptions options, Policy policy, ModelCardFacts facts, int steps)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.OutputDir)));
        var isAdapter = policy.Adapter is not null;
        string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
        AtomicFile.WriteText(Path.Combine(folder, "README.md"), $"""
            ---
            base_model: {Quote(policy.BaseFolder)}
            datasets:
            - {Quote(options.DatasetName)}
            library_name: {(isAdapter ? "peft" : "transformers")}
            model_name: {Quote(name)}
            pipeline_tag: text-generation
            tags:
            - alignsharp
            {string.Join("\n", facts.Tags.Select(tag => "- " + tag))}{(isAdapter ? "\n- lora" : "")}
            ---

            # {name}

            A {(isAdapter ? "LoRA adapter for" : "fine-tuned version of")} `{policy.BaseFolder}`, trained by {facts.Method}
            on `{options.DatasetName}` with AlignSharp.

            | setting | value |
            |---|---|
            {string.Join("\n", facts.Settings.Select(setting => $"| {setting.Name} | {setting.Value} |"))}
            | updates | {steps}, each of {options.PerDeviceTrainBatchSize} × {options.GradientAccumulationSteps} {facts.RowsAre} |
            | learning rate | {Number(options.LearningRate)}, {options.LrSchedulerType} |
            | seed | {options.Seed} |

            Metrics of every logged step are in `metrics.jsonl`.

            """);
    }

    // Paths may hold characters that YAML gives a meaning.
    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
