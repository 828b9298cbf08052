using System.Globalization;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Optimizers;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Checks what the options of every training recipe have in common, for ranges and for keys that contradict each other.</summary>
internal static class TrainingContradictions
{
    private static readonly string[] LoraKeys = ["lora_r", "lora_alpha", "lora_dropout", "lora_target_modules", "use_rslora", "use_dora", "lora_modules_to_save", "lora_bias",
        "lora_rank_pattern", "lora_alpha_pattern", "lora_layers_to_transform", "lora_layers_pattern", "lora_exclude_modules", "init_lora_weights", "loftq_iter", "adapter_dtype"];
    private static readonly string[] AdamKeys = ["adam_beta1", "adam_beta2", "adam_epsilon"];

    public static void Check(TrainingRunOptions options, KeyTable table)
    {
        CheckChoice(table, "optim", options.Optim);
        CheckChoice(table, "lr_scheduler_type", options.LrSchedulerType);
        CheckChoice(table, "lora_bias", options.LoraBias);
        CheckRanges(options);
        CheckOptimizer(options);
        CheckOutput(options);
        CheckAdapter(options);
        CheckData(options);
        CheckEvaluation(options);
    }

    /// <summary>Refuses a text that is none of a key's choices.</summary>
    public static void CheckChoice(KeyTable table, string name, string value)
    {
        var key = table.Find(name)!;
        KeyRules.Accept(key, new Setting(name, ConfigurationValue.Quoted(value), new Provenance("options", "options")));
    }

    /// <summary>Refuses a folder that the run reads as the folder that it writes.</summary>
    public static void RequireApart(TrainingRunOptions options, string key, string? path)
    {
        if (!string.IsNullOrEmpty(path) && Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.OutputDir)))
            throw new ConfigurationException($"output_dir and {key} are the same folder, {path}; its files would be overwritten, name another output_dir");
    }

    /// <summary>Refuses a number that is out of range.</summary>
    public static void Require(bool holds, string key, double found, string expected)
    {
        if (!holds) throw new ConfigurationException($"{key} is {found.ToString(CultureInfo.InvariantCulture)}; expected {expected}");
    }

    // A model folder that is an adapter brings one; the only look at the disk, because lora keys are an error without any adapter.
    public static bool LoadsAdapter(TrainingRunOptions options) =>
        options.AdapterNameOrPath is not null || File.Exists(Path.Combine(options.ModelNameOrPath, "adapter_config.json"));

    private static void CheckRanges(TrainingRunOptions options)
    {
        Require(options.LoraR >= 1, "lora_r", options.LoraR, "1 or more");
        Require(options.LoraAlpha > 0, "lora_alpha", options.LoraAlpha, "above 0");
        Require(options.LoraDropout is >= 0 and < 1, "lora_dropout", options.LoraDropout, "0 to below 1");
        Require(options.LoftqIter >= 1, "loftq_iter", options.LoftqIter, "1 or more");
        Require(options.MaxLength is null or >= 2, "max_length", options.MaxLength ?? 0, "2 or more, or null");
        Require(options.Threads is null or (>= 1 and <= 1024), "threads", options.Threads ?? 0, "1 to 1024, or null");
        Require(options.PerDeviceTrainBatchSize >= 1, "per_device_train_batch_size", options.PerDeviceTrainBatchSize, "1 or more");
        Require(options.PerDeviceEvalBatchSize >= 1, "per_device_eval_batch_size", options.PerDeviceEvalBatchSize, "1 or more");
        Require(options.GradientAccumulationSteps >= 1, "gradient_accumulation_steps", options.GradientAccumulationSteps, "1 or more");
        Require(options.MaxTokensPerBatch is null or >= 2, "max_tokens_per_batch", options.MaxTokensPerBatch ?? 0, "2 or more, or null");
        Require(options.LearningRate is >= 0 and <= 10, "learning_rate", options.LearningRate, "0 to 10");
        Require(options.WeightDecay >= 0, "weight_decay", options.WeightDecay, "0 or more");
        Require(options.AdamBeta1 is >= 0 and < 1, "adam_beta1", options.AdamBeta1, "0 to below 1");
        Require(options.AdamBeta2 is >= 0 and < 1, "adam_beta2", options.AdamBeta2, "0 to below 1");
        Require(options.AdamEpsilon > 0, "adam_epsilon", options.AdamEpsilon, "above 0");
        Require(options.MaxGradNorm >= 0, "max_grad_norm", options.MaxGradNorm, "0 or more");
        Require(options.NumTrainEpochs > 0, "num_train_epochs", options.NumTrainEpochs, "above 0");
        Require(options.Warmup.Value >= 0, "warmup_steps", options.Warmup.Value, "0 or more");
        Require(options.LoggingSteps.Value > 0, "logging_steps", options.LoggingSteps.Value, "above 0");
        Require(options.EvalSteps.Value > 0, "eval_steps", options.EvalSteps.Value, "above 0");
        Require(options.SaveSteps.Value > 0, "save_steps", options.SaveSteps.Value, "above 0");
    }

    private static void CheckOptimizer(TrainingRunOptions options)
    {
        Registry.CheckArguments(options.Optim, options.OptimArgs);
        var read = Registry.KeysOf(options.Optim);
        if (AdamKeys.FirstOrDefault(key => options.GivenKeys.Contains(key) && !read.Contains(key)) is { } key)
            throw new ConfigurationException($"{key} is set but optim {options.Optim} has no such parameter; remove {key} or choose another optim");
    }

    // A result would take the place of what it was made from.
    private static void CheckOutput(TrainingRunOptions options)
    {
        RequireApart(options, "model_name_or_path", options.ModelNameOrPath);
        RequireApart(options, "adapter_name_or_path", options.AdapterNameOrPath);
    }

    private static void CheckAdapter(TrainingRunOptions options)
    {
        if (!options.UsePeft && options.AdapterNameOrPath is not null && options.GivenKeys.Contains("use_peft"))
            throw new ConfigurationException("use_peft: false contradicts adapter_name_or_path; remove one of them");
        if (options.AdapterDtype is not (DtypeChoice.Float32 or DtypeChoice.BFloat16)) throw new ConfigurationException($"adapter_dtype is {options.AdapterDtype.ToString().ToLowerInvariant()}; expected float32 or bfloat16");
        var start = AdapterChoice.Of(options).Start;
        if (start is not LoftQStart && options.GivenKeys.Contains("loftq_iter") && !LoadsAdapter(options))
            throw new ConfigurationException($"loftq_iter is set but init_lora_weights is {options.InitLoraWeights}; it counts for loftq alone, remove it or set init_lora_weights: loftq");
        if (options.UsePeft || LoadsAdapter(options)) return;
        if (LoraKeys.FirstOrDefault(options.GivenKeys.Contains) is { } key)
            throw new ConfigurationException($"{key} is set but no adapter is trained; add use_peft: true or remove {key}");
    }

    private static void CheckData(TrainingRunOptions options)
    {
        var data = options.Data;
        if (data.TestSplitSize is not null && options.EvalDatasetName is not null) throw new ConfigurationException("test_split_size contradicts eval_dataset_name: both say what to evaluate on; remove one of them");
        if (data.Datasets.Count > 0 && (data.DataDir ?? data.DatasetConfig) is not null) throw new ConfigurationException($"{(data.DataDir is null ? "dataset_config" : "data_dir")} belongs to dataset_name; give the entries of datasets their own data_dir and name");
        if (options.GivenKeys.Contains("stopping_strategy") && (data.Datasets.Count < 2 || data.Datasets[0].Weight is null)) throw new ConfigurationException("stopping_strategy is set but nothing is interleaved; give several datasets a weight, or remove it");
        if (data.MaxEvalSamples is not null && !options.Evaluates) throw new ConfigurationException("max_eval_samples is set but nothing is evaluated; set eval_strategy, or remove it");
    }

    private static void CheckEvaluation(TrainingRunOptions options)
    {
        if (options.EvalStrategy == IntervalChoice.No && !options.EvalOnStart) return;
        if (options is SftRunOptions { SizeValidSet: > 0 }) return;
        if (options.EvalDatasetName is not null || options.Data.TestSplitSize is not null || options.GivenKeys.Contains("dataset_test_split")) return;
        if (options.Data.Datasets.Count > 0 || !DatasetFiles.IsFile(options.DatasetName)) return;
        var key = options.EvalStrategy == IntervalChoice.No ? "eval_on_start" : "eval_strategy";
        throw new ConfigurationException($"{key} asks for an evaluation but {options.DatasetName} is one file without splits; set eval_dataset_name or test_split_size");
    }
}
