namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of transformers' TrainingArguments for the output folder, checkpoints, logs and the hub.</summary>
internal static class TrainingArgumentsReportingKeys
{
    private const string Origin = "TrainingArguments";
    private const string Older = "TrainingArguments (before 5)";
    private const string OnlyHub = "read only with push_to_hub, which is refused";
    private const string OnlyTrackio = "read only with report_to: trackio, which is refused";
    private const string OneProcess = "one process trains";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "output_dir", KeyType.Text, "trainer_output", "Folder for the result, checkpoints and metrics."),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "overwrite_output_dir", KeyType.Boolean, "false", "Write into an output folder that already holds a result.", "a new result always replaces an older one, file by file, and the run says so"),
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "logging_strategy", KeyType.Text, "steps", "When to write a row of metrics.") with { Choices = ["no", "steps", "epoch"] },
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "logging_steps", KeyType.Number, "10", "Updates between rows of metrics; below 1 a fraction of all updates.") with { Minimum = 0, AboveMinimum = true, StepsOrFraction = true },
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "logging_first_step", KeyType.Boolean, "false", "Write a row for the first update as well."),
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "save_strategy", KeyType.Text, "steps", "When to write a checkpoint.") with
        {
            Choices = ["no", "steps", "epoch"], RefusedChoices = ["best"], RefusedChoicesReason = "choosing the best checkpoint is not available in this version",
        },
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "save_steps", KeyType.Number, "500", "Updates between checkpoints; below 1 a fraction of all updates.") with { Minimum = 0, AboveMinimum = true, StepsOrFraction = true },
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "save_total_limit", KeyType.Integer, "null", "Newest checkpoints to keep; null, 0 and less keep all."),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "save_only_model", KeyType.Boolean, "false", "Leave the training state out of checkpoints.", "a checkpoint holds the model and the history only; resuming is not available in this version"),
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "report_to", KeyType.TextList, "none", "Trackers: none, or all that are there; metrics.jsonl is always written.") with
        {
            Choices = ["none", "all"],
            RefusedChoices =
            [
                "azure_ml", "clearml", "codecarbon", "comet_ml", "dagshub", "dvclive", "flyte", "kubeflow", "mlflow", "neptune", "swanlab",
                "tensorboard", "trackio", "wandb",
            ],
            RefusedChoicesReason = "this tracker is not available in this version; output_dir/metrics.jsonl holds every metric",
            AcceptsNull = true,
        },
        Key.Honoured(Origin, KeyGroup.SavingAndLogging, "run_name", KeyType.Text, "null", "Name of the run in reports; null is output_dir."),
        Key.Refused(Origin, KeyGroup.SavingAndLogging, "resume_from_checkpoint", KeyType.Text, "null", "Checkpoint to continue from.", "resuming is not available in this version") with { OffValues = ["false"] },
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "ignore_data_skip", KeyType.Boolean, "false", "Start the epoch anew when resuming.", "read only with resume_from_checkpoint, which is refused"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "restore_callback_states_from_checkpoint", KeyType.Boolean, "false", "Restore callbacks when resuming.", "read only with resume_from_checkpoint, which is refused"),
        Key.Refused(Older, KeyGroup.SavingAndLogging, "save_safetensors", KeyType.Boolean, "true", "Write safetensors.", "safetensors is the only format that is written"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "save_on_each_node", KeyType.Boolean, "false", "Save on every machine.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "enable_jit_checkpoint", KeyType.Boolean, "false", "Save a checkpoint on SIGTERM.", "an interrupted run stops cleanly in any case"),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "logging_dir", KeyType.Text, "null", "Folder of TensorBoard's logs.", "metrics.jsonl is in output_dir"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "logging_nan_inf_filter", KeyType.Boolean, "true", "Hide losses that are not finite.", "training stops at a loss that is not finite"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "log_level", KeyType.Text, "passive", "Level of transformers' log.", "messages go to standard error, results to standard output"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "log_level_replica", KeyType.Text, "warning", "The same on other processes.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "log_on_each_node", KeyType.Boolean, "true", "Log on every machine.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "disable_tqdm", KeyType.Boolean, "null", "Hide the progress bar.", "there is no such progress bar"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "include_num_input_tokens_seen", KeyType.Text, "no", "Count tokens.", "num_tokens is in every row of metrics"),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "include_tokens_per_second", KeyType.Boolean, "false", "Measure speed.", "it changes no result"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "skip_memory_metrics", KeyType.Boolean, "true", "Do not measure memory.", "it changes no result"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "project", KeyType.Text, "huggingface", "Project of the tracker.", OnlyTrackio),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "trackio_space_id", KeyType.Text, "null", "Space of the tracker.", OnlyTrackio),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "trackio_bucket_id", KeyType.Text, "null", "Bucket of the tracker.", OnlyTrackio),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "trackio_static_space_id", KeyType.Text, "null", "Static space of the tracker.", OnlyTrackio),

        Key.Refused(Origin, KeyGroup.SavingAndLogging, "push_to_hub", KeyType.Boolean, "false", "Upload the result.", "uploading is not available in this version"),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_model_id", KeyType.Text, "null", "Repository to upload to.", OnlyHub),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_strategy", KeyType.Text, "every_save", "When to upload.", OnlyHub),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_token", KeyType.Text, "null", "Token for the hub; its value is never printed.", OnlyHub) with { IsSecret = true },
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_private_repo", KeyType.Boolean, "null", "Make the repository private.", OnlyHub),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_always_push", KeyType.Boolean, "false", "Upload though the last upload is running.", OnlyHub),
        Key.Satisfied(Origin, KeyGroup.SavingAndLogging, "hub_revision", KeyType.Text, "null", "Branch to upload to.", OnlyHub),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "push_to_hub_model_id", KeyType.Text, "null", "Repository to upload to.", OnlyHub),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "push_to_hub_organization", KeyType.Text, "null", "Organisation to upload to.", OnlyHub),
        Key.Satisfied(Older, KeyGroup.SavingAndLogging, "push_to_hub_token", KeyType.Text, "null", "Token for the hub; its value is never printed.", OnlyHub) with { IsSecret = true },
    ];
}
