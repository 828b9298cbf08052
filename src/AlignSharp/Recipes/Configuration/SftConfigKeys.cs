namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of TRL's SFTConfig, 1.9 and the older ones that configurations still carry, and our choice of what the loss is divided by.</summary>
internal static class SftConfigKeys
{
    private const string Origin = "SFTConfig";
    private const string Older = "SFTConfig (before 1.0)";
    private const string WholeSet = "rows are packed over the whole data set";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Data, "max_length", KeyType.Integer, "1024", "Longest sequence in tokens, its start is kept; with packing the length of a row. Null is no limit.") with { Minimum = 2, AcceptsNull = true },
        Key.Honoured(Older, KeyGroup.Data, "max_seq_length", KeyType.Integer, "null", "Older name of max_length.") with { AliasOf = "max_length", Minimum = 2 },
        Key.Honoured(Origin, KeyGroup.Data, "truncation_mode", KeyType.Text, "keep_start", "Which end of a long sequence stays.") with
        {
            Choices = ["keep_start"], RefusedChoices = ["keep_end"], RefusedChoicesReason = "TRL 1.9 keeps a sequence's start; keep_end is not available",
        },
        Key.Honoured(Origin, KeyGroup.Data, "dataset_text_field", KeyType.Text, "text", "Column that holds the text of language-modelling rows."),
        Key.Honoured("TRL trainers", KeyGroup.Data, "chat_template_path", KeyType.Text, "null", "Chat template for conversations: a Jinja file, or a folder with a tokenizer; null is the model's own. The result carries it."),
        Key.Honoured(Origin, KeyGroup.Data, "shuffle_dataset", KeyType.Boolean, "false", "Shuffle the rows once before they are packed, in the order of datasets.Dataset.shuffle(seed)."),
        Key.Honoured("ScriptArguments", KeyGroup.Data, "dataset_streaming", KeyType.Boolean, "false", "Read only as many rows as max_steps need, shuffled through shuffle_buffer, from the start again when the file ends, and train them in that order."),
        Key.Honoured("AlignSharp", KeyGroup.Data, "shuffle_buffer", KeyType.Integer, "5000", "Rows of the buffer that a stream is shuffled in, in the order of datasets.IterableDataset.shuffle(seed, buffer_size); 1 keeps the file's order.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Data, "packing", KeyType.Boolean, "false", "Put several sequences into a row of max_length tokens."),
        Key.Honoured(Origin, KeyGroup.Data, "packing_strategy", KeyType.Text, "bfd", "bfd: best fit, what is too long is cut; bfd_split: best fit, what is too long is divided; wrapped: one stream cut at max_length. Only in wrapped do sequences of a row see one another.") with
        {
            Choices = ["bfd", "bfd_split", "wrapped"],
        },
        Key.Honoured(Origin, KeyGroup.Data, "eval_packing", KeyType.Boolean, "null", "Pack the evaluation rows; null is packing."),
        Key.Honoured("AlignSharp", KeyGroup.Data, "size_valid_set", KeyType.Integer, "0", "Evaluate on that many rows from the start of the training rows and train on the rest.") with { Minimum = 0 },
        Key.Satisfied(Origin, KeyGroup.Data, "dataset_kwargs", KeyType.Map, "null", "skip_prepare_dataset.", "rows with input_ids are used as they are, others are prepared"),
        Key.Satisfied(Older, KeyGroup.Data, "num_of_sequences", KeyType.Integer, "1024", "Size of the packing buffer.", WholeSet),
        Key.Satisfied(Older, KeyGroup.Data, "chars_per_token", KeyType.Number, "3.6", "Size of the packing buffer.", WholeSet),
        Key.Satisfied(Older, KeyGroup.Data, "dataset_batch_size", KeyType.Integer, "1000", "Rows tokenised at once.", "speed only"),

        Key.Honoured(Origin, KeyGroup.Objective, "completion_only_loss", KeyType.Boolean, "null", "Loss on completions only; null is true for rows of prompt and completion and false for others."),
        Key.Honoured(Origin, KeyGroup.Objective, "assistant_only_loss", KeyType.Boolean, "false", "Of conversations, loss on the assistant's turns only; the chat template must mark them with {% generation %}."),
        Key.Honoured(Origin, KeyGroup.Objective, "loss_type", KeyType.Text, "chunked_nll", "The loss: nll and chunked_nll (cross-entropy, the same numbers), dft (weighted by the token's probability).") with { Choices = ["nll", "chunked_nll", "dft"] },
        Key.Honoured("AlignSharp", KeyGroup.Objective, "sft_token_count", KeyType.Text, "shifted", "What the loss is divided by: shifted (predicted tokens of the update), unshifted (labels of the update, transformers 4.46 to early 2026), mean_of_means (by micro-batch, transformers to 4.45).") with
        {
            Choices = ["shifted", "unshifted", "mean_of_means"],
        },
        Key.Honoured("TrainingArguments", KeyGroup.Objective, "neftune_noise_alpha", KeyType.Number, "null", "Noise on the embeddings while training (NEFTune).") with { Minimum = 0 },
        Key.Refused("TrainingArguments", KeyGroup.Objective, "label_smoothing_factor", KeyType.Number, "0.0", "Label smoothing.", "label smoothing of the cross-entropy is not available in this version") with { OffValues = ["0"] },
        Key.Satisfied(Older, KeyGroup.Objective, "use_liger", KeyType.Boolean, "false", "Fused kernels.", "speed and memory only; the loss is the same"),

        Key.Honoured(Origin, KeyGroup.Optimisation, "learning_rate", KeyType.Number, "2e-5", "Learning rate at its highest.") with { Minimum = 0 },
    ];
}
