namespace AlignSharp.Recipes.Configuration;

/// <summary>Keys of transformers' TrainingArguments for precision, devices, seeds, compilers and distribution.</summary>
internal static class TrainingArgumentsRuntimeKeys
{
    private const string Origin = "TrainingArguments";
    private const string Older = "TrainingArguments (before 5)";
    private const string OneProcess = "one process trains";
    private const string SpeedOnly = "speed only; the numbers are the same";
    private const string OneDevice = "one process and one device train in this version";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Key.Honoured(Origin, KeyGroup.Runtime, "seed", KeyType.Integer, "42", "Seed of adapters, dropout and, without data_seed, the order of pairs.") with { Minimum = 0 },
        Key.Honoured(Origin, KeyGroup.Runtime, "data_seed", KeyType.Integer, "null", "Seed of the order of pairs; null is seed.") with { Minimum = 0 },
        Key.Satisfied(Origin, KeyGroup.Runtime, "full_determinism", KeyType.Boolean, "false", "Reproduce runs exactly.", "a run on the CPU is reproducible always"),

        Key.Satisfied(Origin, KeyGroup.Model, "bf16", KeyType.Boolean, "null", "bfloat16 mixed precision.", "it chooses dtype when dtype is not set: true is bfloat16, false without fp16 is float32"),
        Key.Satisfied(Origin, KeyGroup.Model, "fp16", KeyType.Boolean, "false", "float16 mixed precision.", "it chooses dtype when dtype is not set: true is float16"),
        Key.Satisfied(Older, KeyGroup.Model, "fp16_opt_level", KeyType.Text, "O1", "Level of Apex.", "dtype says the precision"),
        Key.Satisfied(Older, KeyGroup.Model, "half_precision_backend", KeyType.Text, "auto", "Library for mixed precision.", "dtype says the precision"),
        Key.Satisfied(Older, KeyGroup.Model, "fp16_backend", KeyType.Text, "auto", "Library for mixed precision.", "dtype says the precision"),
        Key.Satisfied(Origin, KeyGroup.Model, "tf32", KeyType.Boolean, "null", "Shorter float32 multiplication on GPUs.", "float32 is multiplied in full; use dtype: bfloat16 for speed"),
        Key.Satisfied(Origin, KeyGroup.Model, "use_cache", KeyType.Boolean, "false", "Keep keys and values.", "training needs no cache"),
        Key.Refused(Older, KeyGroup.Model, "past_index", KeyType.Integer, "-1", "Feed a past state to the next step.", "only causal language models without a carried state are trained"),

        Key.Satisfied(Origin, KeyGroup.Runtime, "use_cpu", KeyType.Boolean, "false", "Compute on the CPU.", "true is device: cpu"),
        Key.Satisfied(Older, KeyGroup.Runtime, "no_cuda", KeyType.Boolean, "false", "Compute on the CPU.", "true is device: cpu"),
        Key.Satisfied(Older, KeyGroup.Runtime, "use_mps_device", KeyType.Boolean, "false", "Compute on an Apple GPU.", "device says where to compute"),
        Key.Satisfied(Older, KeyGroup.Runtime, "use_ipex", KeyType.Boolean, "false", "Intel's extension.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "torch_compile", KeyType.Boolean, "false", "Compile the model.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "torch_compile_backend", KeyType.Text, "null", "Compiler.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "torch_compile_mode", KeyType.Text, "null", "How to compile.", SpeedOnly),
        Key.Satisfied(Older, KeyGroup.Runtime, "torchdynamo", KeyType.Text, "null", "Compiler.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "use_liger_kernel", KeyType.Boolean, "false", "Fused kernels.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "liger_kernel_config", KeyType.Map, "null", "Which fused kernels.", SpeedOnly),
        Key.Satisfied(Origin, KeyGroup.Runtime, "torch_empty_cache_steps", KeyType.Integer, "null", "Empty the allocator's cache now and then.", "tensors are freed when their step ends"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "debug", KeyType.Any, "''", "Debugging aids.", "training stops at values that are not finite"),
        Key.Satisfied(Older, KeyGroup.Runtime, "tpu_metrics_debug", KeyType.Boolean, "false", "Debugging aids of TPUs.", "there are no TPUs"),
        Key.Satisfied(Older, KeyGroup.Runtime, "tpu_num_cores", KeyType.Integer, "null", "Cores of a TPU.", "there are no TPUs"),
        Key.Satisfied(Older, KeyGroup.Runtime, "mp_parameters", KeyType.Text, "''", "Arguments of a SageMaker launcher.", OneProcess),
        Key.Satisfied(Older, KeyGroup.Runtime, "ray_scope", KeyType.Text, "last", "Scope of a search with Ray.", "there is no search"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "do_train", KeyType.Boolean, "false", "Run the training.", "the command trains"),
        Key.Satisfied(Origin, KeyGroup.Runtime, "do_eval", KeyType.Boolean, "false", "Run the evaluation.", "eval_strategy and eval_on_start say when to evaluate"),
        Key.Refused(Origin, KeyGroup.Runtime, "do_predict", KeyType.Boolean, "false", "Predict on a test set.", "prediction is not part of training"),

        Key.Satisfied(Origin, KeyGroup.Runtime, "local_rank", KeyType.Integer, "-1", "Number of the process.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_backend", KeyType.Text, "null", "Library for data parallelism.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_timeout", KeyType.Integer, "1800", "Seconds to wait for peers.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_find_unused_parameters", KeyType.Boolean, "null", "Look for parameters without gradient.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_bucket_cap_mb", KeyType.Integer, "null", "Size of gradient buckets.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_broadcast_buffers", KeyType.Boolean, "null", "Send buffers to peers.", OneProcess),
        Key.Satisfied(Origin, KeyGroup.Runtime, "ddp_static_graph", KeyType.Boolean, "null", "Assume a graph that does not change.", OneProcess),
        Key.Refused(Origin, KeyGroup.Runtime, "fsdp", KeyType.Any, "null", "Shard the model over devices.", OneDevice) with { OffValues = ["''", "false", "[]"] },
        Key.Satisfied(Origin, KeyGroup.Runtime, "fsdp_config", KeyType.Any, "null", "How to shard.", "read only with fsdp, which is refused"),
        Key.Satisfied(Older, KeyGroup.Runtime, "fsdp_min_num_params", KeyType.Integer, "0", "What to shard.", "read only with fsdp, which is refused"),
        Key.Satisfied(Older, KeyGroup.Runtime, "fsdp_transformer_layer_cls_to_wrap", KeyType.Text, "null", "What to shard.", "read only with fsdp, which is refused"),
        Key.Refused(Origin, KeyGroup.Runtime, "deepspeed", KeyType.Any, "null", "DeepSpeed.", OneDevice) with { OffValues = ["''", "{}"] },
        Key.Refused(Older, KeyGroup.Runtime, "tp_size", KeyType.Integer, "0", "Tensor parallelism.", OneDevice) with { OffValues = ["1"] },
        Key.Refused(Origin, KeyGroup.Runtime, "parallelism_config", KeyType.Any, "null", "Parallelism over devices.", OneDevice),
        Key.Refused(Origin, KeyGroup.Runtime, "accelerator_config", KeyType.Any, "null", "Settings of accelerate.", "batches are split over devices by accelerate; one device trains in this version") with { OffValues = ["{}"] },
        Key.Satisfied(Older, KeyGroup.Runtime, "dispatch_batches", KeyType.Boolean, "null", "Who loads the batches.", OneProcess),
        Key.Satisfied(Older, KeyGroup.Runtime, "split_batches", KeyType.Boolean, "null", "Split batches over processes.", OneProcess),
    ];
}
