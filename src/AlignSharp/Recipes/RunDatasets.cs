using System.Globalization;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Recipes;

/// <summary>Opens the data sets that a run's keys name.</summary>
internal static class RunDatasets
{
    /// <summary>The rows to train on.</summary>
    public static Dataset Training(TrainingRunOptions options) =>
        Open(options, options.Data.Parts(options.DatasetName, options.Mapping, options.Data.Datasets.Count > 0 ? null : options.DatasetTrainSplit), options.Data.MaxTrainSamples);

    /// <summary>The rows to evaluate on: eval_dataset_name, else the test split of the training set.</summary>
    public static Dataset Evaluation(TrainingRunOptions options) => Open(options, options.EvalDatasetName is { } name
        ? [new DatasetPart(name) { Split = options.DatasetTestSplit, TakesOnlySplit = !options.GivenKeys.Contains("dataset_test_split"), Mapping = options.Mapping }]
        : options.Data.Parts(options.DatasetName, options.Mapping, options.DatasetTestSplit), options.Data.MaxEvalSamples);

    /// <summary>What decides how rows are read, a line each, for the key under which their ids are kept.</summary>
    public static IReadOnlyList<string> Reading(TrainingRunOptions options, int? maxRows) =>
    [
        $"mapping {options.Mapping}",
        .. options.Data.Datasets.Select(part => string.Create(CultureInfo.InvariantCulture, $"source {part}, weight {part.Weight}, columns {(part.Columns is { } columns ? string.Join('\n', columns) : "all")}")),
        $"filter {options.Data.Filter}",
        $"removed {string.Join('\n', options.Data.RemoveColumns)}",
        string.Create(CultureInfo.InvariantCulture, $"extraction {options.Data.PromptExtraction}, rows {maxRows}, skip {options.Data.SkipBadRows}, characters {options.MaxCharacters}, all {options.Data.ReadsAll}, seed {options.Seed}"),
    ];

    private static Dataset Open(TrainingRunOptions options, IReadOnlyList<DatasetPart> parts, int? maxRows) =>
        Dataset.Open(options.Data.Reading(parts, options is SftRunOptions sft ? sft.DatasetTextField : "text", maxRows, options.Seed));
}
