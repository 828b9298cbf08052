using AlignSharp.Checkpoints;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of TRL's ModelConfig, with the PEFT names that it uses.</summary>
internal static class ModelConfigKeys
{
    private const string Origin = "ModelConfig";
    private const string Bitsandbytes = "BitsAndBytesConfig";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Model, "model_name_or_path", KeyType.Text, "null", "The model: a folder with config.json, or an adapter folder whose adapter is continued."),
        Key.Honoured(Origin, KeyGroup.Model, "dtype", KeyType.Text, "auto", "Precision of the weights and the computation; auto is bfloat16 where the hardware multiplies it natively, else float32; float32 when all weights are trained.") with
        {
            Choices = ["auto", "float32", "bfloat16", "float16"], AcceptsNull = true, TrlDefault = "float32, with bf16: true",
            DeviationReason = "bfloat16 without native multiplication is slow and gains nothing; full fine-tuning keeps float32 weights",
        },
        Key.Honoured(Origin, KeyGroup.Model, "torch_dtype", KeyType.Text, "null", "Older name of dtype.") with { AliasOf = "dtype", Choices = ["auto", "float32", "bfloat16", "float16"] },
        Key.Honoured(Origin, KeyGroup.Model, "model_dtype", KeyType.Text, "null", "Another name of dtype.") with { AliasOf = "dtype", Choices = ["auto", "float32", "bfloat16", "float16"] },
        Key.Satisfied(Origin, KeyGroup.Model, "attn_implementation", KeyType.Text, "null", "Which attention kernel to use.", "one exact attention; kernels differ in speed only"),
        Key.Satisfied(Origin, KeyGroup.Model, "use_flash_attention_2", KeyType.Boolean, "false", "Use FlashAttention 2.", "one exact attention; kernels differ in speed only"),
        Key.Satisfied(Origin, KeyGroup.Model, "trust_remote_code", KeyType.Boolean, "false", "Run code that comes with a model.", "code of a model is never run"),
        Key.Refused(Origin, KeyGroup.Model, "model_revision", KeyType.Text, "main", "Revision of a hub model.", "models are read from folders; a revision cannot be chosen"),
        Key.Refused(Origin, KeyGroup.Model, "base_model_revision", KeyType.Text, "null", "Revision of an adapter's base model.", "models are read from folders; a revision cannot be chosen"),
        Key.Refused(Origin, KeyGroup.Model, "model_code_revision", KeyType.Text, "null", "Revision of a model's code.", "code of a model is never run"),
        Key.Honoured(Origin, KeyGroup.Model, "load_in_4bit", KeyType.Boolean, "false", "Quantise the frozen base to 4 bits as it is loaded (QLoRA); a folder that bitsandbytes has quantised needs no key."),
        Key.Refused(Origin, KeyGroup.Model, "load_in_8bit", KeyType.Boolean, "false", "Quantise the base to 8 bits.", "8-bit bases are not available; load_in_4bit: true needs less memory, dtype: bfloat16 loses less"),
        Key.Honoured(Origin, KeyGroup.Model, "bnb_4bit_quant_type", KeyType.Text, "nf4", "4-bit code of load_in_4bit.") with { Choices = ["nf4", "fp4"] },
        Key.Honoured(Origin, KeyGroup.Model, "use_bnb_nested_quant", KeyType.Boolean, "false", "Quantise the scales of load_in_4bit as well: 0.4 bits a weight less."),
        Key.Honoured(Bitsandbytes, KeyGroup.Model, "bnb_4bit_use_double_quant", KeyType.Boolean, "null", "bitsandbytes' name of use_bnb_nested_quant.") with { AliasOf = "use_bnb_nested_quant" },
        Key.Honoured(Origin, KeyGroup.Model, "bnb_4bit_quant_storage", KeyType.Text, "null", "Type as which a saved base labels its packed bytes; null is uint8.") with { Choices = [.. QuantizationConfig.StorageNames.Keys] },
        Key.Honoured(Bitsandbytes, KeyGroup.Model, "bnb_4bit_compute_dtype", KeyType.Text, "null", "Type in which 4-bit weights are multiplied; null is dtype, and alone it is the dtype. bfloat16 beside dtype: float32 is the flow of PEFT's prepare_model_for_kbit_training.") with { Choices = ["float32", "bfloat16", "float16"] },
        Key.Honoured(Bitsandbytes, KeyGroup.Model, "llm_int8_skip_modules", KeyType.TextList, "null", "Modules that load_in_4bit leaves in full precision; null leaves lm_head."),

        Key.Honoured(Origin, KeyGroup.Adapter, "use_peft", KeyType.Boolean, "false", "Train a fresh LoRA adapter instead of all weights."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_r", KeyType.Integer, "16", "Rank of the adapter.") with { Minimum = 1 },
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_alpha", KeyType.Number, "32", "Numerator of the adapter's scale, alpha / r.") with { Minimum = 0, AboveMinimum = true },
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_dropout", KeyType.Number, "0.05", "Dropout before the adapter's first matrix; disable_dropout turns it off.") with { Minimum = 0, Maximum = 1, BelowMaximum = true },
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_target_modules", KeyType.TextList, "null", "Projections to adapt: names (embed_tokens and lm_head too), one regular expression, or all-linear; null is the family's default (q_proj, v_proj)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "use_rslora", KeyType.Boolean, "false", "Scale by alpha / sqrt(r) instead of alpha / r."),
        Key.Honoured(Origin, KeyGroup.Adapter, "use_dora", KeyType.Boolean, "false", "Train the length of each row of a weight apart from its direction (DoRA)."),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_modules_to_save", KeyType.TextList, "null", "Modules trained and saved in full beside the adapter, in float32: lm_head, embed_tokens, norm, or any projection, by the end of its path."),
        Key.Refused(Origin, KeyGroup.Adapter, "lora_target_parameters", KeyType.TextList, "null", "Single parameters to adapt.", "adapting single parameters is not available in this version") with { OffValues = ["[]"] },
        Key.Refused(Origin, KeyGroup.Adapter, "lora_task_type", KeyType.Text, "CAUSAL_LM", "PEFT's task type.", "only CAUSAL_LM models are trained"),
        Key.Honoured(Origin, KeyGroup.Adapter, "lora_bias", KeyType.Text, "none", "Which biases of the base to train: none, all or lora_only (PEFT's bias); true gives each B a bias of its own (PEFT's lora_bias).") with { Choices = ["none", "all", "lora_only", "true", "false"] },
    ];
}
