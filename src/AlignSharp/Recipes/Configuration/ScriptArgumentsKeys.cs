namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of TRL's ScriptArguments, dataset mixture and configuration file.</summary>
internal static class ScriptArgumentsKeys
{
    private const string Origin = "ScriptArguments";
    private const string OneDataset = "one dataset a run; join the files beforehand";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Data, "dataset_name", KeyType.Text, "null", "Training rows: a .jsonl or .json file, or a folder."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_train_split", KeyType.Text, "train", "Split to train on, when the dataset has splits."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_test_split", KeyType.Text, "test", "Split to evaluate on, when the dataset has splits and eval_dataset_name is not set."),
        Key.Refused(Origin, KeyGroup.Data, "dataset_config", KeyType.Text, "null", "Configuration name of a hub dataset.", "datasets are read from files; name the file or folder itself"),
        Key.Refused("DatasetMixtureConfig", KeyGroup.Data, "datasets", KeyType.Any, "[]", "Mixture of datasets.", OneDataset),
        Key.Refused("DatasetMixtureConfig", KeyGroup.Data, "streaming", KeyType.Boolean, "false", "Read the mixture while training.", OneDataset),
        Key.Refused("DatasetMixtureConfig", KeyGroup.Data, "test_split_size", KeyType.Number, "null", "Part of the mixture to evaluate on.", "use eval_dataset_name or dataset_test_split"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ignore_bias_buffers", KeyType.Boolean, "false", "Work around buffers in distributed training.", "there are no such buffers"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "gradient_checkpointing_use_reentrant", KeyType.Boolean, "false", "Kind of checkpointing.", "memory only; the gradient is exact"),
        Key.Refused("TrlParser", KeyGroup.Runtime, "env", KeyType.Any, "null", "Environment variables to set.", "set them before starting the command") with { OffValues = ["{}"] },
    ];
}
