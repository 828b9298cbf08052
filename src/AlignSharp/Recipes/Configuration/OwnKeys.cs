namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys that TRL does not have.</summary>
internal static class OwnKeys
{
    private const string Origin = "AlignSharp";

    // OpenMP would start any number of threads at once, up to the machine's last process id, and no signal would end that.
    private const int MostThreads = 1024;

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Adapter, "adapter_name_or_path", KeyType.Text, "null", "Start from this adapter on the given base; lora_* keys must equal the adapter's or be absent."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_rank_pattern", KeyType.Map, "null", "Ranks of single modules: {pattern: rank}; a regular expression over the end of a path, the first that matches counts (PEFT's rank_pattern)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_alpha_pattern", KeyType.Map, "null", "Alphas of single modules: {pattern: alpha}, matched as lora_rank_pattern (PEFT's alpha_pattern)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_layers_to_transform", KeyType.TextList, "null", "Indices of the layers that get an adapter; null is all (PEFT's layers_to_transform)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_layers_pattern", KeyType.TextList, "null", "Names of the list of layers in a path, such as layers; null is the first number in it (PEFT's layers_pattern)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_exclude_modules", KeyType.TextList, "null", "Modules that get no adapter: names, or one regular expression (PEFT's exclude_modules)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "init_lora_weights", KeyType.Text, "true", "How A and B begin: true, false, gaussian, orthogonal, pissa, pissa_niter_N, olora, or, with load_in_4bit, loftq."),
        Key.Honoured(Origin, KeyGroup.Adapter, "loftq_iter", KeyType.Integer, "1", "Turns of quantisation and decomposition of init_lora_weights: loftq (PEFT's loftq_config).") with { Minimum = 1, Maximum = int.MaxValue },
        Key.Honoured(Origin, KeyGroup.Adapter, "adapter_dtype", KeyType.Text, "float32", "Type of all that an adapter trains, and of its file; bfloat16 is what TRL casts it to over quantised bases.") with { Choices = ["float32", "bfloat16"] },
        Key.Honoured(Origin, KeyGroup.Data, "eval_dataset_name", KeyType.Text, "null", "Rows to evaluate on: a file or a folder."),
        Key.Honoured(Origin, KeyGroup.Data, "dataset_mapping", KeyType.Map, "null", "Makes the fields of a row from columns: a template a field, such as {prompt: 'Question: {question}', chosen: '{response_j}', rejected: '{response_k}'}, or a list of messages, [{role: user, content: '{question}'}]; a lone '{column}' keeps what it holds; {{ and }} are braces."),
        Key.Honoured(Origin, KeyGroup.Data, "data_dir", KeyType.Text, "null", "Folder inside of dataset_name that alone counts, such as data/rl."),
        Key.Honoured(Origin, KeyGroup.Data, "stopping_strategy", KeyType.Text, "first_exhausted", "When interleaved datasets end: with the first that was read, or when all were, the others read again meanwhile.") with { Choices = ["first_exhausted", "all_exhausted"] },
        Key.Honoured(Origin, KeyGroup.Data, "dataset_filter", KeyType.Text, "null", "Keep the rows for which this is true, an expression over columns, such as score_chosen > score_rejected and chosen | length < 4000."),
        Key.Honoured(Origin, KeyGroup.Data, "remove_columns", KeyType.TextList, "null", "Columns that count as absent, also when the shape of the rows is told."),
        Key.Honoured(Origin, KeyGroup.Data, "prompt_extraction", KeyType.Text, "mended", "The prompt of rows without one: mended, up to a turn or a word; trl, up to the first character that differs, as TRL cuts it.") with { Choices = ["mended", "trl"] },
        Key.Honoured(Origin, KeyGroup.Data, "max_train_samples", KeyType.Integer, "null", "Most training rows, of those that dataset_filter keeps.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Data, "max_eval_samples", KeyType.Integer, "null", "Most evaluation rows.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Data, "on_bad_row", KeyType.Text, "stop", "What happens at a row that cannot be used: stop, or skip it and count it.") with { Choices = ["stop", "skip"] },
        Key.Honoured(Origin, KeyGroup.Data, "max_row_tokens", KeyType.Integer, "null", "Leave out rows whose prompt and answer together have more tokens; of a pair, either answer. max_length cuts them instead.") with { Minimum = 2 },
        Key.Honoured(Origin, KeyGroup.Data, "token_cache", KeyType.Boolean, "true", "Keep token ids in the user's cache, and read them there when data, tokenizer and template are the same."),
        Key.Honoured(Origin, KeyGroup.Data, "data_check", KeyType.Boolean, "true", "Look through the first rows for what ruins a run, and say in one line what was found."),
        Key.Honoured(Origin, KeyGroup.Data, "max_characters", KeyType.Integer, "null", "Leave out rows whose prompt and answer together have more characters; of a pair, either answer.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Optimisation, "max_tokens_per_batch", KeyType.Integer, "null", "Most tokens of a micro-batch, a pair's prompt counted once; null counts rows. The rows of an update stay the same.") with { Minimum = 2 },
        Key.Honoured(Origin, KeyGroup.Runtime, "device", KeyType.Text, "auto", "Where to compute: auto, cpu, cuda or cuda:N; auto is the first GPU, else the CPU."),
        Key.Honoured(Origin, KeyGroup.Runtime, "threads", KeyType.Integer, "null", "Threads for tensor work on the CPU; null leaves it to the runtime (physical cores, OMP_NUM_THREADS).") with { Minimum = 1, Maximum = MostThreads },
        Key.Honoured(Origin, KeyGroup.Runtime, "dry_run", KeyType.Boolean, "false", "Print the effective configuration against the defaults and stop before loading the model."),
    ];
}
