namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of TRL's ScriptArguments, dataset mixture and configuration file.</summary>
internal static class ScriptArgumentsKeys
{
    private const string Origin = "ScriptArguments";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Data, "dataset_name", KeyType.Text, "null", "Training rows: a data file (jsonl, json, csv, tsv, parquet, arrow; gz and zst), a folder, or file names with wildcards."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_train_split", KeyType.Text, "train", "Split to train on, when the dataset has splits."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_test_split", KeyType.Text, "test", "Split to evaluate on, when the dataset has splits and eval_dataset_name is not set."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_config", KeyType.Text, "null", "Configuration of a folder whose README.md names several."),
        Key.Honoured("DatasetMixtureConfig", KeyGroup.Data, "datasets", KeyType.Any, "[]", "Several sources instead of dataset_name: a list of {path, name, data_dir, data_files, split, columns}; one after the other, or interleaved where each has a weight."),
        Key.Refused("DatasetMixtureConfig", KeyGroup.Data, "streaming", KeyType.Boolean, "false", "Read the mixture while training.", "use dataset_streaming with dataset_name"),
        Key.Honoured("DatasetMixtureConfig", KeyGroup.Data, "test_split_size", KeyType.Number, "null", "Rows of the training set to evaluate on instead: a fraction or a number, in the order of Dataset.train_test_split(seed).") with { Minimum = 0, AboveMinimum = true },
        Key.Satisfied(Origin, KeyGroup.Runtime, "ignore_bias_buffers", KeyType.Boolean, "false", "Work around buffers in distributed training.", "there are no such buffers"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "gradient_checkpointing_use_reentrant", KeyType.Boolean, "false", "Kind of checkpointing.", "memory only; the gradient is exact"),
        Key.Refused("TrlParser", KeyGroup.Runtime, "env", KeyType.Any, "null", "Environment variables to set.", "set them before starting the command") with { OffValues = ["{}"] },
    ];
}
