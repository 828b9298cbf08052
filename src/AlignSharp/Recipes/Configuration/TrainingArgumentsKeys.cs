namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of transformers' TrainingArguments that shape the training itself: batches, optimizer, schedule, order of rows, evaluation.</summary>
internal static class TrainingArgumentsKeys
{
    private const string Origin = "TrainingArguments";
    private const string Older = "TrainingArguments (before 5)";
    private const string NoMetricsFunction = "the metrics are always computed, a batch at a time";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Optimisation, "per_device_train_batch_size", KeyType.Integer, "8", "Rows in a micro-batch.") with { Minimum = 1 },
        Key.Honoured(Older, KeyGroup.Optimisation, "per_gpu_train_batch_size", KeyType.Integer, "null", "Older name of per_device_train_batch_size.") with { AliasOf = "per_device_train_batch_size", Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Optimisation, "gradient_accumulation_steps", KeyType.Integer, "1", "Micro-batches in an update.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Optimisation, "optim", KeyType.Text, "adamw_torch_fused", "The optimizer (docs/guide/optimizers.md); both adamw_torch names are the same.") with
        {
            Choices = [.. Optimizers.Registry.OptimizerNames],
            RefusedChoices =
            [
                "adamw_hf", "adamw_torch_xla", "adamw_torch_npu_fused", "adamw_apex_fused", "adamw_anyprecision", "adamw_torch_4bit",
                "adamw_torch_8bit", "ademamix", "adagrad", "ademamix_8bit", "paged_ademamix_32bit", "paged_ademamix_8bit",
                "rmsprop", "rmsprop_bnb", "rmsprop_bnb_8bit", "rmsprop_bnb_32bit", "galore_adamw", "galore_adamw_8bit", "galore_adafactor",
                "galore_adamw_layerwise", "galore_adamw_8bit_layerwise", "galore_adafactor_layerwise", "lomo", "adalomo", "grokadamw",
                "schedule_free_radam", "schedule_free_adamw", "schedule_free_sgd", "apollo_adamw", "apollo_adamw_layerwise", "stable_adamw",
            ],
        },
        Key.Honoured(Origin, KeyGroup.Optimisation, "weight_decay", KeyType.Number, "0.0", "Decay of weights other than biases and norms.") with { Minimum = 0 },
        Key.Honoured(Origin, KeyGroup.Optimisation, "adam_beta1", KeyType.Number, "0.9", "Decay of the first moment of AdamW; weight of Lion's momentum in its direction.") with { Minimum = 0, Maximum = 1, BelowMaximum = true },
        Key.Honoured(Origin, KeyGroup.Optimisation, "adam_beta2", KeyType.Number, "0.999", "Decay of the second moment of AdamW; of Lion's momentum.") with { Minimum = 0, Maximum = 1, BelowMaximum = true },
        Key.Honoured(Origin, KeyGroup.Optimisation, "adam_epsilon", KeyType.Number, "1e-8", "Added to the root of AdamW's second moment.") with { Minimum = 0, AboveMinimum = true },
        Key.Honoured(Origin, KeyGroup.Optimisation, "max_grad_norm", KeyType.Number, "1.0", "Largest norm of an update's gradient; 0 does not clip.") with { Minimum = 0 },
        Key.Honoured(Origin, KeyGroup.Optimisation, "optim_args", KeyType.Text, "null", "Further arguments of the optimizer, name=value with commas between: momentum of sgd."),
        Key.Refused(Origin, KeyGroup.Optimisation, "optim_target_modules", KeyType.Any, "null", "Modules for GaLore and APOLLO.", "these optimizers are not available in this version"),
        Key.Honoured(Older, KeyGroup.Optimisation, "adafactor", KeyType.Boolean, "false", "true is optim: adafactor."),
        Key.Refused(Origin, KeyGroup.Optimisation, "auto_find_batch_size", KeyType.Boolean, "false", "Halve the batch when memory runs out.", "it would change the batches; choose per_device_train_batch_size and gradient_accumulation_steps"),
        Key.Satisfied(Origin, KeyGroup.Optimisation, "average_tokens_across_devices", KeyType.Boolean, "true", "Weight devices by their tokens.", "one process trains"),
        Key.Honoured(Origin, KeyGroup.Optimisation, "gradient_checkpointing", KeyType.Text, "auto", "Recompute activations instead of keeping them: less memory, about a fifth more time, the same numbers; auto decides by the memory there is.") with
        {
            Choices = ["auto", "true", "false"], TrlDefault = "true", DeviationReason = "by memory plan: recomputing costs time and is needed only when memory is short",
        },
        Key.Satisfied(Origin, KeyGroup.Optimisation, "gradient_checkpointing_kwargs", KeyType.Map, "null", "How to recompute.", "memory only; the gradient is exact"),

        Key.Honoured(Origin, KeyGroup.Schedule, "num_train_epochs", KeyType.Number, "3.0", "Passes over the rows, when max_steps is not set.") with { Minimum = 0, AboveMinimum = true },
        Key.Honoured(Origin, KeyGroup.Schedule, "max_steps", KeyType.Integer, "-1", "Updates to train for; -1 leaves it to num_train_epochs.") with { Minimum = -1 },
        Key.Honoured(Origin, KeyGroup.Schedule, "lr_scheduler_type", KeyType.Text, "linear", "Learning rate over time.") with
        {
            Choices = [.. Optimizers.Registry.ScheduleNames],
            RefusedChoices = ["reduce_lr_on_plateau", "greedy", "cosine_warmup_with_min_lr"],
        },
        Key.Honoured(Origin, KeyGroup.Schedule, "lr_scheduler_kwargs", KeyType.Map, "null", "Parameters of that schedule, for example {num_cycles: 2}."),
        Key.Honoured(Origin, KeyGroup.Schedule, "warmup_steps", KeyType.Number, "0", "Updates over which the learning rate rises from 0; below 1 a fraction of all updates.") with { Minimum = 0, StepsOrFraction = true },
        Key.Honoured(Older, KeyGroup.Schedule, "warmup_ratio", KeyType.Number, "0.0", "The same as a fraction of all updates.") with { Minimum = 0, Maximum = 1, AcceptsNull = true },

        Key.Honoured(Origin, KeyGroup.Data, "train_sampling_strategy", KeyType.Text, "random", "Order of the rows.") with { Choices = ["random", "sequential", "group_by_length"] },
        Key.Honoured(Older, KeyGroup.Data, "group_by_length", KeyType.Boolean, "false", "true is train_sampling_strategy: group_by_length."),
        Key.Satisfied(Origin, KeyGroup.Data, "length_column_name", KeyType.Text, "length", "Column that holds lengths.", "lengths are measured in tokens"),
        Key.Honoured(Origin, KeyGroup.Data, "dataloader_drop_last", KeyType.Boolean, "false", "Drop an epoch's last micro-batch when it is not full."),
        Key.Satisfied(Origin, KeyGroup.Data, "dataloader_num_workers", KeyType.Integer, "0", "Processes that load data.", "batches are ready before they are needed; their order is the same"),
        Key.Satisfied(Origin, KeyGroup.Data, "dataloader_pin_memory", KeyType.Boolean, "true", "Pin host memory.", "speed only"),
        Key.Satisfied(Origin, KeyGroup.Data, "dataloader_persistent_workers", KeyType.Boolean, "false", "Keep loading processes alive.", "there are none"),
        Key.Satisfied(Origin, KeyGroup.Data, "dataloader_prefetch_factor", KeyType.Integer, "null", "Batches loaded in advance.", "speed only"),
        Key.Satisfied(Origin, KeyGroup.Data, "remove_unused_columns", KeyType.Boolean, "true", "Drop columns that the model does not take.", "only the columns of a row's shape are read"),
        Key.Satisfied(Origin, KeyGroup.Data, "label_names", KeyType.TextList, "null", "Columns that are labels.", "what carries loss follows from the rows"),

        Key.Honoured(Origin, KeyGroup.Evaluation, "eval_strategy", KeyType.Text, "no", "When to evaluate.") with { Choices = ["no", "steps", "epoch"] },
        Key.Honoured(Older, KeyGroup.Evaluation, "evaluation_strategy", KeyType.Text, "null", "Older name of eval_strategy.") with { AliasOf = "eval_strategy", Choices = ["no", "steps", "epoch"] },
        Key.Honoured(Origin, KeyGroup.Evaluation, "eval_steps", KeyType.Number, "null", "Updates between evaluations, below 1 a fraction of all; null is logging_steps.") with { Minimum = 0, AboveMinimum = true, StepsOrFraction = true },
        Key.Honoured(Origin, KeyGroup.Evaluation, "eval_on_start", KeyType.Boolean, "false", "Evaluate once before training."),
        Key.Honoured(Origin, KeyGroup.Evaluation, "per_device_eval_batch_size", KeyType.Integer, "8", "Rows in a batch of the evaluation.") with { Minimum = 1 },
        Key.Honoured(Older, KeyGroup.Evaluation, "per_gpu_eval_batch_size", KeyType.Integer, "null", "Older name of per_device_eval_batch_size.") with { AliasOf = "per_device_eval_batch_size", Minimum = 1 },
        Key.Refused(Origin, KeyGroup.Evaluation, "eval_delay", KeyType.Number, "0", "Wait before the first evaluation.", "delaying evaluation is not available in this version") with { OffValues = ["0.0"] },
        Key.Refused(Origin, KeyGroup.Evaluation, "load_best_model_at_end", KeyType.Boolean, "false", "End with the best checkpoint.", "choosing the best checkpoint is not available in this version; the last one is the result"),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "metric_for_best_model", KeyType.Text, "null", "What is best.", "read only with load_best_model_at_end, which is refused"),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "greater_is_better", KeyType.Boolean, "null", "Which way is best.", "read only with load_best_model_at_end, which is refused"),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "eval_accumulation_steps", KeyType.Integer, "null", "Batches before results move to the CPU.", NoMetricsFunction),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "prediction_loss_only", KeyType.Boolean, "false", "Return the loss only.", NoMetricsFunction),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "batch_eval_metrics", KeyType.Boolean, "false", "Compute metrics a batch at a time.", NoMetricsFunction),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "include_for_metrics", KeyType.TextList, "[]", "What a metrics function sees.", NoMetricsFunction),
        Key.Satisfied(Older, KeyGroup.Evaluation, "include_inputs_for_metrics", KeyType.Boolean, "false", "What a metrics function sees.", NoMetricsFunction),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "eval_do_concat_batches", KeyType.Boolean, "true", "Join batches for a metrics function.", NoMetricsFunction),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "eval_use_gather_object", KeyType.Boolean, "false", "Gather objects from devices.", "one process trains"),
        Key.Satisfied(Older, KeyGroup.Evaluation, "use_legacy_prediction_loop", KeyType.Boolean, "false", "Another evaluation loop.", "there is one evaluation loop"),
        Key.Satisfied(Older, KeyGroup.Evaluation, "jit_mode_eval", KeyType.Boolean, "false", "Trace the model for evaluation.", "speed only"),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "bf16_full_eval", KeyType.Boolean, "false", "Evaluate in bfloat16.", "evaluation uses dtype, like training"),
        Key.Satisfied(Origin, KeyGroup.Evaluation, "fp16_full_eval", KeyType.Boolean, "false", "Evaluate in float16.", "evaluation uses dtype, like training"),
    ];
}
