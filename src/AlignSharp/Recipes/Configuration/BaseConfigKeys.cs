namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys that TRL's trainers have in common beyond transformers' TrainingArguments.</summary>
internal static class BaseConfigKeys
{
    private const string Origin = "TRL trainers";
    private const string InferredLoading = "name the choice by dtype, device or model_name_or_path instead";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Refused(Origin, KeyGroup.Model, "model_init_kwargs", KeyType.Map, "null", "Arguments for loading the model.", InferredLoading) with { OffValues = ["{}"] },
        Key.Refused(Origin, KeyGroup.Data, "eos_token", KeyType.Text, "null", "End token in place of the tokenizer's.", "put it into the tokenizer folder"),
        Key.Satisfied(Origin, KeyGroup.Data, "pad_token", KeyType.Text, "null", "Token used for padding.", "sequences are packed, never padded"),
        Key.Satisfied(Origin, KeyGroup.Data, "pad_to_multiple_of", KeyType.Integer, "null", "Round padded lengths up.", "sequences are packed, never padded"),
        Key.Satisfied(Origin, KeyGroup.Data, "padding_free", KeyType.Boolean, "false", "Flatten a batch instead of padding it.", "always so: sequences are packed, never padded"),
        Key.Satisfied(Origin, KeyGroup.Data, "dataset_num_proc", KeyType.Integer, "null", "Processes that tokenise.", "tokenisation is fast enough in one process; rows keep their order"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "activation_offloading", KeyType.Boolean, "false", "Keep activations in host memory.", "memory only; the numbers are the same"),
    ];
}
