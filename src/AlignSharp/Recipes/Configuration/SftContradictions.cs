using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Checks options of <c>align sft</c> for ranges and for keys that contradict each other.</summary>
internal static class SftContradictions
{
    public static void Check(SftRunOptions options)
    {
        TrainingContradictions.Check(options, KeyTable.Sft);
        TrainingContradictions.CheckChoice(KeyTable.Sft, "loss_type", options.LossType);
        TrainingContradictions.Require(options.NeftuneNoiseAlpha >= 0, "neftune_noise_alpha", options.NeftuneNoiseAlpha, "0 or more");
        TrainingContradictions.Require(options.SizeValidSet >= 0, "size_valid_set", options.SizeValidSet, "0 or more");
        if (options.Packing != Data.Pairs.PackingStrategy.None && options.MaxLength is null)
            throw new ConfigurationException("packing needs max_length, the length of a row; set it, or packing: false");
        if (options.Packing == Data.Pairs.PackingStrategy.None && options.GivenKeys.Contains("packing_strategy"))
            throw new ConfigurationException("packing_strategy is set but nothing is packed; add packing: true or remove packing_strategy");
        if (options.SizeValidSet > 0 && options.EvalDatasetName is not null)
            throw new ConfigurationException("size_valid_set and eval_dataset_name both name evaluation rows; keep one of them");
        if (options.AssistantOnlyLoss && options.CompletionOnlyLoss == false)
            throw new ConfigurationException("assistant_only_loss: true contradicts completion_only_loss: false; keep one of them");
        if (options.Mapping is not null && options.GivenKeys.Contains("dataset_text_field"))
            throw new ConfigurationException("dataset_text_field and dataset_mapping both say where the text is; keep one of them");
    }
}
