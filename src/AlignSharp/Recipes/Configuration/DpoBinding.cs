using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Turns a configuration into run options, key by key, and resolves keys that choose another one's value.</summary>
internal static class DpoBinding
{
    public static DpoRunOptions Bind(EffectiveConfiguration from)
    {
        var lora = from.TextList("lora_target_modules");
        var pattern = lora.Count == 1 && (KeyRules.IsPattern(lora[0]) || IsAllLinear(lora[0])) ? lora[0] : null;
        if (pattern is null && lora.FirstOrDefault(name => KeyRules.IsPattern(name) || IsAllLinear(name)) is { } stray)
            throw Fault(from, "lora_target_modules", $"{stray} must stand alone; a list holds module names");
        var schedule = from.Text("lr_scheduler_type");
        return new DpoRunOptions
        {
            ModelNameOrPath = Required(from, "model_name_or_path", "a model or adapter folder"),
            DatasetName = Required(from, "dataset_name", "a file or folder of preference rows"),
            AdapterNameOrPath = from.TextOrNull("adapter_name_or_path"),
            Reference = Reference(from),
            RefModelNameOrPath = from.TextOrNull("ref_model_name_or_path"),
            PrecomputeRefLogProbs = from.Boolean("precompute_ref_log_probs"),
            RefLogpsCache = from.Boolean("ref_logps_cache"),
            DisableDropout = from.Boolean("disable_dropout"),
            Dtype = Dtype(from),
            Device = Device(from),
            Threads = from.IntegerOrNull("threads"),
            DryRun = from.Boolean("dry_run"),
            UsePeft = from.Boolean("use_peft"),
            LoraR = from.Integer("lora_r"),
            LoraAlpha = from.Number("lora_alpha"),
            LoraDropout = from.Number("lora_dropout"),
            LoraTargetModules = pattern is null ? lora : [],
            LoraTargetPattern = pattern,
            UseRslora = from.Boolean("use_rslora"),
            DatasetTrainSplit = from.Text("dataset_train_split"),
            DatasetTestSplit = from.Text("dataset_test_split"),
            EvalDatasetName = from.TextOrNull("eval_dataset_name"),
            MaxLength = from.IntegerOrNull("max_length"),
            TrainSamplingStrategy = Sampling(from),
            DataloaderDropLast = from.Boolean("dataloader_drop_last"),
            Beta = from.Number("beta"),
            LabelSmoothing = from.Number("label_smoothing"),
            LossType = OneLoss(from),
            PerDeviceTrainBatchSize = from.Integer("per_device_train_batch_size"),
            GradientAccumulationSteps = from.Integer("gradient_accumulation_steps"),
            GradientCheckpointing = from.Text("gradient_checkpointing") switch { "true" => CheckpointingChoice.On, "false" => CheckpointingChoice.Off, _ => CheckpointingChoice.Auto },
            MaxTokensPerBatch = from.IntegerOrNull("max_tokens_per_batch"),
            Optim = from.Text("optim"),
            LearningRate = from.Number("learning_rate"),
            WeightDecay = from.Number("weight_decay"),
            AdamBeta1 = from.Number("adam_beta1"),
            AdamBeta2 = from.Number("adam_beta2"),
            AdamEpsilon = from.Number("adam_epsilon"),
            MaxGradNorm = from.Number("max_grad_norm"),
            NumTrainEpochs = from.Number("num_train_epochs"),
            MaxSteps = from.Integer("max_steps"),
            LrSchedulerType = schedule,
            LrSchedulerKwargs = LearningRateSchedules.Check(schedule, from.Value("lr_scheduler_kwargs"), from.Number("learning_rate"), from.Source("lr_scheduler_kwargs")),
            Warmup = Warmup(from),
            EvalStrategy = Interval(from, "eval_strategy"),
            EvalSteps = new StepInterval(from.NumberOrNull("eval_steps") ?? from.Number("logging_steps")),
            EvalOnStart = from.Boolean("eval_on_start"),
            PerDeviceEvalBatchSize = from.Integer("per_device_eval_batch_size"),
            OutputDir = from.Text("output_dir"),
            LoggingStrategy = Interval(from, "logging_strategy"),
            LoggingSteps = new StepInterval(from.Number("logging_steps")),
            LoggingFirstStep = from.Boolean("logging_first_step"),
            SaveStrategy = Interval(from, "save_strategy"),
            SaveSteps = new StepInterval(from.Number("save_steps")),
            SaveTotalLimit = from.IntegerOrNull("save_total_limit"),
            RunName = from.TextOrNull("run_name"),
            Seed = from.Integer("seed"),
            DataSeed = from.IntegerOrNull("data_seed"),
            GivenKeys = from.GivenKeys,
        };
    }

    private static string Required(EffectiveConfiguration from, string key, string what) =>
        from.TextOrNull(key) ?? throw new ConfigurationException($"{key} is missing; expected {what}, in the file or as --{key}");

    private static bool IsAllLinear(string text) => text.Equals("all-linear", StringComparison.OrdinalIgnoreCase);

    private static ReferenceChoice Reference(EffectiveConfiguration from) => from.Text("reference") switch
    {
        "base" => ReferenceChoice.Base,
        "adapter" => ReferenceChoice.Adapter,
        "model" => ReferenceChoice.Model,
        "none" => ReferenceChoice.None,
        _ => from.TextOrNull("ref_model_name_or_path") is null ? ReferenceChoice.Auto : ReferenceChoice.Model,
    };

    private static DtypeChoice Dtype(EffectiveConfiguration from)
    {
        var fp16 = from.Boolean("fp16");
        var bf16 = from.Value("bf16").AsBoolean();
        if (fp16 && bf16 == true) throw Fault(from, "fp16", "fp16 and bf16 are both true; keep one of them");
        if (from.IsGiven("dtype") && from.TextOrNull("dtype") is { } dtype)
        {
            return dtype switch
            {
                "float32" => DtypeChoice.Float32,
                "bfloat16" => DtypeChoice.BFloat16,
                "float16" => DtypeChoice.Float16,
                _ => DtypeChoice.Auto,
            };
        }
        if (fp16) return DtypeChoice.Float16;
        return bf16 switch { true => DtypeChoice.BFloat16, false => DtypeChoice.Float32, null => DtypeChoice.Auto };
    }

    private static string Device(EffectiveConfiguration from)
    {
        var device = from.Text("device");
        var isGpu = device == "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length is > 5 and < 9 && device.AsSpan(5).IndexOfAnyExceptInRange('0', '9') < 0);
        if (device is not ("auto" or "cpu") && !isGpu) throw Fault(from, "device", $"{device} is not known; expected auto, cpu, cuda or cuda:N");
        var cpuKey = from.Boolean("use_cpu") ? "use_cpu" : from.Boolean("no_cuda") ? "no_cuda" : null;
        if (cpuKey is not null && isGpu) throw Fault(from, cpuKey, $"{cpuKey} contradicts device: {device}; keep one of them");
        return cpuKey is null ? device : "cpu";
    }

    private static SamplingStrategy Sampling(EffectiveConfiguration from)
    {
        var strategy = from.Text("train_sampling_strategy") switch
        {
            "sequential" => SamplingStrategy.Sequential,
            "group_by_length" => SamplingStrategy.GroupByLength,
            _ => SamplingStrategy.Random,
        };
        if (!from.Boolean("group_by_length")) return strategy;
        if (from.IsGiven("train_sampling_strategy") && strategy != SamplingStrategy.GroupByLength)
            throw Fault(from, "group_by_length", "group_by_length contradicts train_sampling_strategy; keep train_sampling_strategy");
        return SamplingStrategy.GroupByLength;
    }

    private static string OneLoss(EffectiveConfiguration from)
    {
        var losses = from.TextList("loss_type");
        return losses.Count == 1 ? losses[0] : throw Fault(from, "loss_type", $"{losses.Count} losses are given; expected one");
    }

    private static StepInterval Warmup(EffectiveConfiguration from)
    {
        var steps = from.Number("warmup_steps");
        var ratio = from.NumberOrNull("warmup_ratio") ?? 0;
        if (steps > 0 && ratio > 0) throw Fault(from, "warmup_ratio", "warmup_ratio and warmup_steps are both set; keep one of them");
        if (ratio == 1) throw Fault(from, "warmup_ratio", "1 would warm up for the whole run; expected a fraction below 1");
        return new StepInterval(steps > 0 ? steps : ratio);
    }

    private static IntervalChoice Interval(EffectiveConfiguration from, string key) => from.Text(key) switch
    {
        "steps" => IntervalChoice.Steps,
        "epoch" => IntervalChoice.Epoch,
        _ => IntervalChoice.No,
    };

    private static ConfigurationException Fault(EffectiveConfiguration from, string key, string what) => new($"{from.Source(key).Position}: {key}: {what}");
}
