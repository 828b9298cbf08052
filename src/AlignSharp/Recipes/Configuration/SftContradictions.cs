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
        CheckStreaming(options);
        if (options.SizeValidSet > 0 && options.Data.TestSplitSize is not null)
            throw new ConfigurationException("size_valid_set and test_split_size both take evaluation rows from the training set; keep one of them");
        if (options.SizeValidSet > 0 && options.EvalDatasetName is not null)
            throw new ConfigurationException("size_valid_set and eval_dataset_name both name evaluation rows; keep one of them");
        if (options.AssistantOnlyLoss && options.CompletionOnlyLoss == false)
            throw new ConfigurationException("assistant_only_loss: true contradicts completion_only_loss: false; keep one of them");
        if (options.Mapping is not null && options.GivenKeys.Contains("dataset_text_field"))
            throw new ConfigurationException("dataset_text_field and dataset_mapping both say where the text is; keep one of them");
    }

    private static void CheckStreaming(SftRunOptions options)
    {
        TrainingContradictions.Require(options.ShuffleBuffer >= 1, "shuffle_buffer", options.ShuffleBuffer, "1 or more");
        if (!options.DatasetStreaming)
        {
            if (options.GivenKeys.Contains("shuffle_buffer")) throw new ConfigurationException("shuffle_buffer is set but nothing is streamed; add dataset_streaming: true or remove shuffle_buffer");
            return;
        }
        if (options.Data.TestSplitSize is not null) throw new ConfigurationException("test_split_size needs all rows, which dataset_streaming does not read; use size_valid_set instead");
        if (options.Data.MaxRowTokens is not null) throw new ConfigurationException("max_row_tokens is not available with dataset_streaming; use max_characters instead");
        if (options.GivenKeys.Contains("token_cache") && options.Data.TokenCache) throw new ConfigurationException("token_cache keeps whole data sets, which dataset_streaming does not read; remove one of them");
        if (options.MaxSteps <= 0) throw new ConfigurationException("dataset_streaming needs max_steps, because a stream has no end; set it, or dataset_streaming: false");
        if (options.ShuffleDataset) throw new ConfigurationException("shuffle_dataset needs all rows, which dataset_streaming does not read; use shuffle_buffer instead");
        if (options.TrainSamplingStrategy != SamplingStrategy.Sequential)
            throw new ConfigurationException("dataset_streaming trains rows in the stream's order; remove group_by_length, and train_sampling_strategy or make it sequential");
        if (options.Packing is not (Data.Pairs.PackingStrategy.None or Data.Pairs.PackingStrategy.Wrapped))
            throw new ConfigurationException("packing_strategy bfd and bfd_split need all rows, which dataset_streaming does not read; use packing_strategy: wrapped");
        if (options.StreamedRows > (UInt128)int.MaxValue)
            throw new ConfigurationException($"dataset_streaming: max_steps, per_device_train_batch_size and gradient_accumulation_steps ask for {options.StreamedRows} rows; lower one of them");
    }
}
