using System.Globalization;
using AlignSharp.Data.Files;

namespace AlignSharp.Recipes;

/// <summary>Writes the <c>README.md</c> of a result: front matter as model hubs read it, then what was done in a few lines.</summary>
internal static class ModelCard
{
    public static void Write(string folder, DpoRunOptions options, Policy policy, string reference, int steps)
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
            - dpo
            - preference-optimization{(isAdapter ? "\n- lora" : "")}
            ---

            # {name}

            A {(isAdapter ? "LoRA adapter for" : "fine-tuned version of")} `{policy.BaseFolder}`, trained by Direct Preference Optimization
            ([arXiv:2305.18290](https://arxiv.org/abs/2305.18290)) on `{options.DatasetName}` with AlignSharp.

            | setting | value |
            |---|---|
            | objective | {options.LossType}, beta {Number(options.Beta)} |
            | reference | {reference} |
            | updates | {steps}, each of {options.PerDeviceTrainBatchSize} × {options.GradientAccumulationSteps} pairs |
            | learning rate | {Number(options.LearningRate)}, {options.LrSchedulerType} |
            | seed | {options.Seed} |

            Metrics of every logged step are in `metrics.jsonl`.

            """);
    }

    // Paths may hold characters that YAML gives a meaning.
    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
