using System.Diagnostics.CodeAnalysis;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Quantization;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes;

/// <summary>
/// What every training recipe honours, one property a key, with TRL 1.9's defaults. Built from a configuration, or by hand, followed by
/// <see cref="Validate"/>, which recipes call first.
/// </summary>
public abstract record TrainingRunOptions
{
    private protected TrainingRunOptions(double learningRate) => LearningRate = learningRate;

    [SetsRequiredMembers]
    private protected TrainingRunOptions(EffectiveConfiguration from)
    {
        ModelNameOrPath = TrainingBinding.Required(from, "model_name_or_path", "a model or adapter folder");
        DatasetName = DatasetBinding.Name(from);
        Data = DatasetBinding.Options(from);
        AdapterNameOrPath = from.TextOrNull("adapter_name_or_path");
        Dtype = TrainingBinding.Dtype(from);
        FourBit = TrainingBinding.FourBit(from);
        Device = TrainingBinding.Device(from);
        Threads = from.IntegerOrNull("threads");
        DryRun = from.Boolean("dry_run");
        UsePeft = from.Boolean("use_peft");
        LoraR = from.Integer("lora_r");
        LoraAlpha = from.Number("lora_alpha");
        LoraDropout = from.Number("lora_dropout");
        (LoraTargetModules, LoraTargetPattern) = TrainingBinding.LoraTargets(from);
        UseRslora = from.Boolean("use_rslora");
        UseDora = from.Boolean("use_dora");
        LoraModulesToSave = from.TextList("lora_modules_to_save");
        LoraBias = AdapterBinding.Word(from, "lora_bias");
        LoraRankPattern = AdapterBinding.RankPattern(from);
        LoraAlphaPattern = AdapterBinding.AlphaPattern(from);
        LoraLayersToTransform = AdapterBinding.Layers(from);
        LoraLayersPattern = from.TextList("lora_layers_pattern");
        LoraExcludeModules = from.TextList("lora_exclude_modules");
        InitLoraWeights = AdapterBinding.Word(from, "init_lora_weights");
        LoftqIter = from.Integer("loftq_iter");
        AdapterDtype = from.Text("adapter_dtype") == "bfloat16" ? DtypeChoice.BFloat16 : DtypeChoice.Float32;
        DatasetTrainSplit = from.Text("dataset_train_split");
        DatasetTestSplit = from.Text("dataset_test_split");
        EvalDatasetName = from.TextOrNull("eval_dataset_name");
        Mapping = DatasetBinding.Mapping(from);
        MaxCharacters = from.IntegerOrNull("max_characters");
        MaxLength = from.IntegerOrNull("max_length");
        TrainSamplingStrategy = TrainingBinding.Sampling(from);
        DataloaderDropLast = from.Boolean("dataloader_drop_last");
        PerDeviceTrainBatchSize = from.Integer("per_device_train_batch_size");
        GradientAccumulationSteps = from.Integer("gradient_accumulation_steps");
        GradientCheckpointing = TrainingBinding.Checkpointing(from);
        MaxTokensPerBatch = from.IntegerOrNull("max_tokens_per_batch");
        Optim = OptimizerChoice.Name(from);
        OptimArgs = OptimizerChoice.Arguments(from);
        LearningRate = from.Number("learning_rate");
        WeightDecay = from.Number("weight_decay");
        AdamBeta1 = from.Number("adam_beta1");
        AdamBeta2 = from.Number("adam_beta2");
        AdamEpsilon = from.Number("adam_epsilon");
        MaxGradNorm = from.Number("max_grad_norm");
        NumTrainEpochs = from.Number("num_train_epochs");
        MaxSteps = from.Integer("max_steps");
        LrSchedulerType = from.Text("lr_scheduler_type");
        LrSchedulerKwargs = LearningRateSchedules.Check(LrSchedulerType, from.Value("lr_scheduler_kwargs"), from.Number("learning_rate"), from.Source("lr_scheduler_kwargs"));
        Warmup = TrainingBinding.Warmup(from);
        EvalStrategy = TrainingBinding.Interval(from, "eval_strategy");
        EvalSteps = new StepInterval(from.NumberOrNull("eval_steps") ?? from.Number("logging_steps"));
        EvalOnStart = from.Boolean("eval_on_start");
        PerDeviceEvalBatchSize = from.Integer("per_device_eval_batch_size");
        OutputDir = from.Text("output_dir");
        LoggingStrategy = TrainingBinding.Interval(from, "logging_strategy");
        LoggingSteps = new StepInterval(from.Number("logging_steps"));
        LoggingFirstStep = from.Boolean("logging_first_step");
        SaveStrategy = TrainingBinding.Interval(from, "save_strategy");
        SaveSteps = new StepInterval(from.Number("save_steps"));
        SaveTotalLimit = from.IntegerOrNull("save_total_limit");
        RunName = from.TextOrNull("run_name");
        Seed = from.Integer("seed");
        DataSeed = from.IntegerOrNull("data_seed");
        GivenKeys = from.GivenKeys;
        GivenSettings = from.GivenSettings;
    }

    /// <summary>Whether the run evaluates at all.</summary>
    internal bool Evaluates => EvalStrategy != IntervalChoice.No || EvalOnStart;

    /// <summary>Key model_name_or_path: a model folder, or an adapter folder whose adapter is continued. Required.</summary>
    public required string ModelNameOrPath { get; init; }

    /// <summary>Key dataset_name: training rows, a file, a folder or file names with wildcards. Required, unless <see cref="DataOptions.Datasets"/> are given.</summary>
    public required string DatasetName { get; init; }

    /// <summary>The other keys that say which rows there are and how they are read.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Key adapter_name_or_path (AlignSharp): start from this adapter on the given base; default null.</summary>
    public string? AdapterNameOrPath { get; init; }

    /// <summary>Key dtype: default auto, a deviation (docs/configuration.md). bf16 and fp16 choose it when it is not set.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Auto;

    /// <summary>
    /// Key load_in_4bit, with bnb_4bit_quant_type, use_bnb_nested_quant, bnb_4bit_quant_storage, bnb_4bit_compute_dtype and llm_int8_skip_modules: quantise the frozen
    /// base as it is loaded; default null, which leaves it as it is stored.
    /// </summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>Key device (AlignSharp): auto, cpu, cuda or cuda:N; default auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Key threads (AlignSharp): threads for tensor work on the CPU; default null, the runtime's choice.</summary>
    public int? Threads { get; init; }

    /// <summary>Key dry_run (AlignSharp): stop before loading the model; default false.</summary>
    public bool DryRun { get; init; }

    /// <summary>Key use_peft: train a fresh LoRA adapter; default false (TRL 1.9).</summary>
    public bool UsePeft { get; init; }

    /// <summary>Key lora_r: rank; default 16 (TRL 1.9).</summary>
    public int LoraR { get; init; } = 16;

    /// <summary>Key lora_alpha: numerator of the scale; default 32 (TRL 1.9).</summary>
    public double LoraAlpha { get; init; } = 32;

    /// <summary>Key lora_dropout: default 0.05 (TRL 1.9).</summary>
    public double LoraDropout { get; init; } = 0.05;

    /// <summary>Key lora_target_modules as names; default empty. Empty without a pattern means the family's default.</summary>
    public IReadOnlyList<string> LoraTargetModules { get; init; } = [];

    /// <summary>Key lora_target_modules as one text: <c>all-linear</c>, or a regular expression over whole module paths; default null.</summary>
    public string? LoraTargetPattern { get; init; }

    /// <summary>Key use_rslora: scale by alpha / sqrt(r); default false (TRL 1.9).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Key use_dora: train the length of each row apart from its direction; default false (TRL 1.9).</summary>
    public bool UseDora { get; init; }

    /// <summary>Key lora_modules_to_save: ends of the paths of modules that are trained in full; default empty (TRL 1.9).</summary>
    public IReadOnlyList<string> LoraModulesToSave { get; init; } = [];

    /// <summary>Key lora_bias: none, all or lora_only for the base's biases, true for a bias of B; default none.</summary>
    public string LoraBias { get; init; } = "none";

    /// <summary>Key lora_rank_pattern (AlignSharp): ranks by regular expression over the end of a path, in order; default empty.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> LoraRankPattern { get; init; } = [];

    /// <summary>Key lora_alpha_pattern (AlignSharp): alphas by regular expression over the end of a path, in order; default empty.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> LoraAlphaPattern { get; init; } = [];

    /// <summary>Key lora_layers_to_transform (AlignSharp): layers that get an adapter; default empty, all.</summary>
    public IReadOnlyList<int> LoraLayersToTransform { get; init; } = [];

    /// <summary>Key lora_layers_pattern (AlignSharp): names of the list of layers in a path; default empty, the first number in it.</summary>
    public IReadOnlyList<string> LoraLayersPattern { get; init; } = [];

    /// <summary>Key lora_exclude_modules (AlignSharp): modules that get no adapter, as names or as one regular expression; default empty.</summary>
    public IReadOnlyList<string> LoraExcludeModules { get; init; } = [];

    /// <summary>Key init_lora_weights (AlignSharp): how A and B begin, by PEFT's names; default true.</summary>
    public string InitLoraWeights { get; init; } = "true";

    /// <summary>Key loftq_iter (AlignSharp): turns of quantisation and decomposition of <c>init_lora_weights: loftq</c>; default 1 (PEFT's loftq_config).</summary>
    public int LoftqIter { get; init; } = 1;

    /// <summary>Key adapter_dtype (AlignSharp): type of all that an adapter trains, float32 or bfloat16; default float32 (PEFT's autocast_adapter_dtype).</summary>
    public DtypeChoice AdapterDtype { get; init; } = DtypeChoice.Float32;

    /// <summary>Key dataset_train_split: default train (TRL 1.9).</summary>
    public string DatasetTrainSplit { get; init; } = "train";

    /// <summary>Key dataset_test_split: default test (TRL 1.9).</summary>
    public string DatasetTestSplit { get; init; } = "test";

    /// <summary>Key eval_dataset_name (AlignSharp): rows to evaluate on; default null, the test split.</summary>
    public string? EvalDatasetName { get; init; }

    /// <summary>Key dataset_mapping (AlignSharp): how rows are made from columns; default null, by the shape of the file.</summary>
    public RowMapping? Mapping { get; init; }

    /// <summary>Key max_characters (AlignSharp): most characters of prompt and answer together, longer rows are left out; default null, no limit.</summary>
    public int? MaxCharacters { get; init; }

    /// <summary>Key max_length: longest sequence in tokens, its start is kept; default 1024 (TRL 1.9), null is no limit.</summary>
    public int? MaxLength { get; init; } = 1024;

    /// <summary>Key train_sampling_strategy, or group_by_length: default random (transformers 5).</summary>
    public SamplingStrategy TrainSamplingStrategy { get; init; } = SamplingStrategy.Random;

    /// <summary>Key dataloader_drop_last: drop an epoch's last micro-batch when not full; default false (transformers).</summary>
    public bool DataloaderDropLast { get; init; }

    /// <summary>Key per_device_train_batch_size: rows in a micro-batch; default 8 (transformers).</summary>
    public int PerDeviceTrainBatchSize { get; init; } = 8;

    /// <summary>Key gradient_accumulation_steps: micro-batches in an update; default 1 (transformers).</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Key gradient_checkpointing: keep layers' inputs alone and compute the rest again; default auto, a deviation (docs/configuration.md).</summary>
    public CheckpointingChoice GradientCheckpointing { get; init; } = CheckpointingChoice.Auto;

    /// <summary>Key max_tokens_per_batch (AlignSharp): most tokens of a micro-batch, a pair's prompt counted once; default null, rows are counted instead.</summary>
    public int? MaxTokensPerBatch { get; init; }

    /// <summary>Keys optim and adafactor: one of <see cref="Optimizers.Registry.OptimizerNames"/>; default adamw_torch_fused (transformers 5).</summary>
    public string Optim { get; init; } = "adamw_torch_fused";

    /// <summary>Key optim_args: further arguments of the optimizer, for example the momentum of sgd; default empty.</summary>
    public IReadOnlyDictionary<string, double> OptimArgs { get; init; } = new Dictionary<string, double>();

    /// <summary>Key learning_rate: default TRL 1.9's of the method, 1e-6 for DPO and 2e-5 for supervised fine-tuning.</summary>
    public double LearningRate { get; init; }

    /// <summary>Key weight_decay: default 0 (transformers).</summary>
    public double WeightDecay { get; init; }

    /// <summary>Key adam_beta1, of AdamW and Lion: default 0.9 (transformers).</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Key adam_beta2, of AdamW and Lion: default 0.999 (transformers).</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Key adam_epsilon, of AdamW: default 1e-8 (transformers).</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Key max_grad_norm: default 1 (transformers); 0 does not clip.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Key num_train_epochs: default 3 (transformers).</summary>
    public double NumTrainEpochs { get; init; } = 3;

    /// <summary>Key max_steps: updates; default -1 (transformers): -1 and 0 leave it to the epochs.</summary>
    public int MaxSteps { get; init; } = -1;

    /// <summary>Key lr_scheduler_type by transformers' name; default linear.</summary>
    public string LrSchedulerType { get; init; } = "linear";

    /// <summary>Key lr_scheduler_kwargs: the schedule's parameters by transformers' names; default empty.</summary>
    public IReadOnlyDictionary<string, double> LrSchedulerKwargs { get; init; } = new Dictionary<string, double>();

    /// <summary>Keys warmup_steps and warmup_ratio: default 0 (transformers).</summary>
    public StepInterval Warmup { get; init; }

    /// <summary>Key eval_strategy: default no (transformers).</summary>
    public IntervalChoice EvalStrategy { get; init; } = IntervalChoice.No;

    /// <summary>Key eval_steps: default null (transformers), which a configuration turns into logging_steps.</summary>
    public StepInterval EvalSteps { get; init; } = new(10);

    /// <summary>Key eval_on_start: default false (transformers).</summary>
    public bool EvalOnStart { get; init; }

    /// <summary>Key per_device_eval_batch_size: default 8 (transformers).</summary>
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    /// <summary>Key output_dir: default trainer_output (transformers).</summary>
    public string OutputDir { get; init; } = "trainer_output";

    /// <summary>Key logging_strategy: default steps (transformers).</summary>
    public IntervalChoice LoggingStrategy { get; init; } = IntervalChoice.Steps;

    /// <summary>Key logging_steps: default 10 (TRL 1.9).</summary>
    public StepInterval LoggingSteps { get; init; } = new(10);

    /// <summary>Key logging_first_step: default false (transformers).</summary>
    public bool LoggingFirstStep { get; init; }

    /// <summary>Key save_strategy: default steps (transformers).</summary>
    public IntervalChoice SaveStrategy { get; init; } = IntervalChoice.Steps;

    /// <summary>Key save_steps: default 500 (transformers).</summary>
    public StepInterval SaveSteps { get; init; } = new(500);

    /// <summary>Key save_total_limit: newest checkpoints to keep; default null (transformers): null, 0 and less keep all.</summary>
    public int? SaveTotalLimit { get; init; }

    /// <summary>Key run_name: default null, which means output_dir (transformers).</summary>
    public string? RunName { get; init; }

    /// <summary>Key seed: default 42 (transformers).</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Key data_seed: seed of the order of rows; default null, which means seed (transformers).</summary>
    public int? DataSeed { get; init; }

    /// <summary>The keys that the user set; a recipe that continues an adapter checks the lora keys among them against the adapter.</summary>
    public IReadOnlyCollection<string> GivenKeys { get; init; } = [];

    /// <summary>What the user set, by key, as text; secrets are hidden. Default empty.</summary>
    public IReadOnlyDictionary<string, string> GivenSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks what no key can check alone.</summary>
    /// <exception cref="ConfigurationException">One line that names the keys and the remedy.</exception>
    public abstract void Validate();
}
