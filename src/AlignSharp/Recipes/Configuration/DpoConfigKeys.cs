using AlignSharp.Objectives;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of TRL's DPOConfig, 1.9 and the older ones that configurations still carry, and our choice of reference with its cache.</summary>
internal static class DpoConfigKeys
{
    private const string Origin = "DPOConfig";
    private const string Older = "DPOConfig (before 1.0)";
    private const string NoCompletionLimit = "max_length and max_prompt_length limit a pair";
    private const string OneAdapter = "one adapter a model; choose by adapter_name_or_path and reference";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured("AlignSharp", KeyGroup.Model, "reference", KeyType.Text, "auto", "Reference: auto (a frozen copy of what is loaded, or the base below a fresh adapter), base, adapter, model, none.") with
        {
            Choices = ["auto", "base", "adapter", "model", "none"],
        },
        Key.Honoured("AlignSharp", KeyGroup.Model, "ref_model_name_or_path", KeyType.Text, "null", "Reference model's folder, for reference: model."),
        Key.Honoured(Origin, KeyGroup.Model, "precompute_ref_log_probs", KeyType.Boolean, "false", "Compute the reference's log-probs once before training."),
        Key.Satisfied(Origin, KeyGroup.Model, "precompute_ref_batch_size", KeyType.Integer, "null", "Batch size of that computation.", "speed only; the numbers are the same"),
        Key.Honoured("AlignSharp", KeyGroup.Model, "ref_logps_cache", KeyType.Boolean, "true", "Keep precomputed log-probs in the user's cache, and read there what an earlier run with the same model, adapter, tokenizer and data kept."),
        Key.Honoured(Origin, KeyGroup.Model, "disable_dropout", KeyType.Boolean, "true", "Turn every dropout of policy and reference off."),
        Key.Refused(Older, KeyGroup.Model, "ref_model_init_kwargs", KeyType.Map, "null", "Arguments for loading the reference.", "the reference is loaded like the model") with { OffValues = ["{}"] },
        Key.Refused(Older, KeyGroup.Model, "model_adapter_name", KeyType.Text, "null", "Name of the adapter to train.", OneAdapter),
        Key.Refused(Older, KeyGroup.Model, "ref_adapter_name", KeyType.Text, "null", "Name of the reference's adapter.", OneAdapter),
        Key.Refused(Older, KeyGroup.Model, "force_use_ref_model", KeyType.Boolean, "false", "Use a reference model beside an adapter.", "say reference: model and ref_model_name_or_path"),
        Key.Honoured(Older, KeyGroup.Model, "reference_free", KeyType.Boolean, "false", "Use no reference, as reference: none says it."),
        Key.Refused(Older, KeyGroup.Model, "is_encoder_decoder", KeyType.Boolean, "null", "Whether the model is an encoder-decoder.", "only causal language models are trained") with { OffValues = ["false"] },
        Key.Refused(Origin, KeyGroup.Model, "sync_ref_model", KeyType.Boolean, "false", "Move the reference towards the policy (TR-DPO).", "TR-DPO is not available in this version"),
        Key.Satisfied(Origin, KeyGroup.Model, "ref_model_mixup_alpha", KeyType.Number, "0.6", "How far to move it.", "read only with sync_ref_model, which is refused"),
        Key.Satisfied(Origin, KeyGroup.Model, "ref_model_sync_steps", KeyType.Integer, "512", "How often to move it.", "read only with sync_ref_model, which is refused"),

        Key.Honoured(Origin, KeyGroup.Data, "max_length", KeyType.Integer, "1024", "Longest sequence, prompt and completion, in tokens; null is no limit. A pair whose prompt fills it is dropped.") with { Minimum = 2, AcceptsNull = true },
        Key.Honoured(Origin, KeyGroup.Data, "truncation_mode", KeyType.Text, "keep_start", "What stays of a pair that is too long: its start (keep_start), or by TRL 0.7.1's rule the start of completions and the prompt's end (keep_end) or start (keep_prompt_start); these need max_length and max_prompt_length.") with
        {
            Choices = ["keep_start", "keep_end", "keep_prompt_start"],
        },
        Key.Honoured(Older, KeyGroup.Data, "max_prompt_length", KeyType.Integer, "null", "Longest prompt in tokens; its end stays, unless truncation_mode says otherwise. TRL 1.9 has no such limit.") with { Minimum = 1 },
        Key.Refused("ScriptArguments", KeyGroup.Data, "dataset_streaming", KeyType.Boolean, "false", "Read rows as a stream.", "rows are shuffled over the whole dataset, which streaming cannot do"),
        Key.Refused(Older, KeyGroup.Data, "max_completion_length", KeyType.Integer, "null", "Longest completion.", NoCompletionLimit),
        Key.Refused(Older, KeyGroup.Data, "max_target_length", KeyType.Integer, "null", "Longest completion.", NoCompletionLimit),
        Key.Honoured("TRL trainers", KeyGroup.Data, "chat_template_path", KeyType.Text, "null", "Chat template for conversations: a Jinja file, or a folder with a tokenizer; null is the model's own. The result carries it."),
        Key.Satisfied(Older, KeyGroup.Data, "label_pad_token_id", KeyType.Integer, "-100", "Label of masked tokens.", "completions are masked by position, never by a token id"),
        Key.Satisfied(Older, KeyGroup.Data, "padding_value", KeyType.Integer, "null", "Id used for padding.", "sequences are packed, never padded"),
        Key.Refused(Older, KeyGroup.Data, "tools", KeyType.Any, "null", "Tools offered to the chat template.", "put tools into the rows' prompts") with { OffValues = ["[]"] },

        Key.Honoured(Origin, KeyGroup.Objective, "beta", KeyType.Number, "0.1", "Strength of the pull towards the reference.") with { Minimum = 0, AboveMinimum = true },
        Key.Honoured(Origin, KeyGroup.Objective, "label_smoothing", KeyType.Number, "0.0", "Assumed share of swapped labels, for sigmoid (cDPO), robust, exo_pair, aot and aot_unpaired.") with { Minimum = 0, Maximum = 0.5, BelowMaximum = true },
        Key.Honoured(Origin, KeyGroup.Objective, "loss_type", KeyType.TextList, "sigmoid", "The loss, or several, of which loss_weights says how much each counts (MPO).") with
        {
            Choices = [.. Registry.Names],
            RefusedChoices = ["kto_pair"],
        },
        Key.Honoured(Origin, KeyGroup.Objective, "loss_weights", KeyType.TextList, "null", "A number for each loss of loss_type; null is 1 each."),
        Key.Honoured("AlignSharp", KeyGroup.Objective, "loss_version", KeyType.Text, "trl_1.9", "Whose meaning of bco_pair, ipo, exo_pair, alpha_divergence and use_weighting is taken where versions of TRL differ.") with
        {
            Choices = ["trl_1.9", "trl_0.13", "trl_0.7.1"],
        },
        Key.Honoured(Origin, KeyGroup.Objective, "ld_alpha", KeyType.Number, "null", "Weight of the tokens that a pair's longer completion has beyond the shorter one's length (LD-DPO); null is 1.") with { Minimum = 0, Maximum = 1 },
        Key.Honoured(Origin, KeyGroup.Objective, "f_divergence_type", KeyType.Text, "reverse_kl", "Divergence from the reference (f-DPO).") with { Choices = [.. Registry.DivergenceNames] },
        Key.Honoured(Origin, KeyGroup.Objective, "f_alpha_divergence_coef", KeyType.Number, "0.5", "Coefficient of the alpha divergence; TRL 0.13's, with loss_version: trl_0.13, is 1 minus it."),
        Key.Honoured(Origin, KeyGroup.Objective, "use_weighting", KeyType.Boolean, "false", "Weight pairs by how likely the policy itself is to answer so (WPO)."),
        Key.Honoured(Origin, KeyGroup.Objective, "discopop_tau", KeyType.Number, "0.05", "Temperature of DiscoPOP.") with { Minimum = 0, AboveMinimum = true },
        Key.Honoured(Older, KeyGroup.Objective, "rpo_alpha", KeyType.Number, "null", "Weight of the chosen completions' cross-entropy beside the loss (RPO): sft as another loss.") with { Minimum = 0 },
        Key.Satisfied(Older, KeyGroup.Objective, "use_logits_to_keep", KeyType.Boolean, "false", "Compute logits for completions only.", "always so where it saves work; the numbers are the same"),
        Key.Satisfied(Older, KeyGroup.Objective, "use_liger_loss", KeyType.Boolean, "false", "Fused loss.", "speed and memory only; the loss is the same"),
        Key.Satisfied(Older, KeyGroup.Objective, "base_model_attribute_name", KeyType.Text, "model", "Name of the inner model for the fused loss.", "the fused loss is not needed"),

        Key.Refused("TrainingArguments", KeyGroup.Optimisation, "label_smoothing_factor", KeyType.Number, "0.0", "Label smoothing of supervised losses.", "the preference loss has its own key, label_smoothing") with { OffValues = ["0"] },
        Key.Refused("TrainingArguments", KeyGroup.Optimisation, "neftune_noise_alpha", KeyType.Number, "null", "Noise on the embeddings.", "NEFTune belongs to supervised fine-tuning, align sft"),
        Key.Honoured(Origin, KeyGroup.Optimisation, "learning_rate", KeyType.Number, "1e-6", "Learning rate at its highest.") with { Minimum = 0 },
        Key.Refused(Older, KeyGroup.Evaluation, "generate_during_eval", KeyType.Boolean, "false", "Sample completions while evaluating.", "sampling during evaluation is not available in this version"),
    ];
}
