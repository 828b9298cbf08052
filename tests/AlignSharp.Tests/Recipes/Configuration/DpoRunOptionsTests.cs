using AlignSharp.Objectives;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;
using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

public class DpoRunOptionsTests
{
    private const string Golden = """
        model_name_or_path: golden/trl/model_a
        adapter_name_or_path: golden/trl/adapter_init
        dataset_name: golden/trl/dpo_lora/pairs.json
        output_dir: out
        train_sampling_strategy: sequential
        dtype: float32
        learning_rate: 5.0e-4
        lr_scheduler_type: cosine
        warmup_steps: 2
        weight_decay: 0.05
        per_device_train_batch_size: 4
        gradient_accumulation_steps: 2
        max_steps: 10
        max_length: null
        max_grad_norm: 1.0
        beta: 0.1
        logging_steps: 1
        save_strategy: "no"
        report_to: none
        """;

    private const string Realistic = """
        # Model
        model_name_or_path: sft-model
        torch_dtype: bfloat16
        attn_implementation: flash_attention_2
        bf16: true
        use_peft: true
        lora_r: 64
        lora_alpha: 128
        lora_dropout: 0.05
        lora_target_modules:
        - q_proj
        - k_proj
        - v_proj
        - o_proj
        # Data
        dataset_name: data/preferences
        dataset_train_split: train_prefs
        dataset_test_split: test_prefs
        dataset_num_proc: 12
        # Trainer
        beta: 0.01
        do_eval: true
        eval_strategy: steps
        eval_steps: 0.1
        gradient_accumulation_steps: 4
        gradient_checkpointing: true
        gradient_checkpointing_kwargs:
          use_reentrant: false
        hub_model_id: zephyr-7b-dpo-qlora
        learning_rate: 5.0e-6
        log_level: info
        logging_steps: 10
        lr_scheduler_type: cosine
        max_length: 1024
        num_train_epochs: 1
        optim: adamw_torch
        output_dir: data/zephyr-7b-dpo-lora
        per_device_train_batch_size: 4
        per_device_eval_batch_size: 8
        push_to_hub: false
        report_to: none
        save_strategy: steps
        save_steps: 100
        save_total_limit: 1
        seed: 42
        warmup_ratio: 0.1
        """;

    [Fact]
    public void The_golden_run_binds()
    {
        var options = DpoRunOptions.From(Configured.By(Golden));
        Assert.Equal("golden/trl/adapter_init", options.AdapterNameOrPath);
        Assert.Equal(ReferenceChoice.Auto, options.Reference);
        Assert.Equal(DtypeChoice.Float32, options.Dtype);
        Assert.Equal(SamplingStrategy.Sequential, options.TrainSamplingStrategy);
        Assert.Equal(5e-4, options.LearningRate);
        Assert.Equal("cosine", options.LrSchedulerType);
        Assert.Equal(2, options.Warmup.Resolve(10));
        Assert.Equal(0.05, options.WeightDecay);
        Assert.Equal((4, 2, 10), (options.PerDeviceTrainBatchSize, options.GradientAccumulationSteps, options.MaxSteps));
        Assert.Null(options.MaxLength);
        Assert.Equal(1, options.LoggingSteps.Resolve(10));
        Assert.Equal(IntervalChoice.No, options.SaveStrategy);
        Assert.DoesNotContain("lora_r", options.GivenKeys);
    }

    [Fact]
    public void A_configuration_as_TRL_users_write_it_binds()
    {
        var options = DpoRunOptions.From(Configured.By(Realistic));
        Assert.True(options.UsePeft);
        Assert.Equal(DtypeChoice.BFloat16, options.Dtype);
        Assert.Equal(["q_proj", "k_proj", "v_proj", "o_proj"], options.LoraTargetModules);
        Assert.Equal((64, 128.0, 0.05), (options.LoraR, options.LoraAlpha, options.LoraDropout));
        Assert.Equal(IntervalChoice.Steps, options.EvalStrategy);
        Assert.Equal(21, options.EvalSteps.Resolve(201));
        Assert.Equal(0.1, options.Warmup.Value);
        Assert.Equal(1, options.SaveTotalLimit);
    }

    [Fact]
    public void Defaults_of_the_records_are_the_defaults_of_the_tables()
    {
        AssertSame(new DpoRunOptions { ModelNameOrPath = "model", DatasetName = "pairs.jsonl" }, Configured.Dpo(""));
        var sft = EffectiveConfiguration.Create(KeyTable.Sft, ConfigurationSource.FromText(Configured.Required, "config.yaml"), []);
        AssertSame(new SftRunOptions { ModelNameOrPath = "model", DatasetName = "pairs.jsonl" }, SftRunOptions.From(sft));
    }

    private static void AssertSame(TrainingRunOptions made, TrainingRunOptions bound)
    {
        // What was given tells a configuration from options made by hand.
        string[] given = [nameof(TrainingRunOptions.GivenKeys), nameof(TrainingRunOptions.GivenSettings)];
        AssertSame(made, bound, [.. given, nameof(TrainingRunOptions.Data)]);
        AssertSame(made.Data, bound.Data, []);
        made.Validate();
    }

    private static void AssertSame(object made, object bound, string[] except)
    {
        foreach (var property in made.GetType().GetProperties().Where(property => !except.Contains(property.Name)))
            Assert.Equal(property.GetValue(made), property.GetValue(bound));
    }

    [Theory]
    [InlineData("", "dataset_name is missing")]
    [InlineData("dataset_name: x", "model_name_or_path is missing")]
    public void Required_keys_are_named(string yaml, string expected)
    {
        if (yaml.Length == 0) yaml = "model_name_or_path: m";
        var fault = Assert.Throws<AlignSharp.Data.Faults.ConfigurationException>(() => DpoRunOptions.From(Configured.By(yaml)));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warmup_steps: 2\nwarmup_ratio: 0.1", "warmup_ratio and warmup_steps are both set")]
    [InlineData("warmup_ratio: 1", "expected a fraction below 1")]
    [InlineData("truncation_mode: keep_end", "truncation_mode: keep_end is TRL 0.7.1's rule and needs max_length and max_prompt_length")]
    [InlineData("truncation_mode: keep_prompt_start\nmax_prompt_length: 8\nmax_length: null", "truncation_mode: keep_prompt_start is TRL 0.7.1's rule and needs")]
    [InlineData("truncation_mode: keep_end\nmax_prompt_length: 16\nmax_length: 16", "max_prompt_length (16) leaves no room for completions within max_length (16)")]
    [InlineData("reference: model", "reference: model needs ref_model_name_or_path")]
    [InlineData("reference: none\nref_model_name_or_path: r", "ref_model_name_or_path is set but reference is none")]
    [InlineData("reference: none\nprecompute_ref_log_probs: true", "nothing to precompute")]
    [InlineData("ref_logps_cache: true", "ref_logps_cache is set but nothing is precomputed; add precompute_ref_log_probs: true")]
    [InlineData("ref_logps_cache: false\nprecompute_ref_log_probs: false", "ref_logps_cache is set but nothing is precomputed")]
    [InlineData("reference: adapter", "reference: adapter needs a loaded adapter")]
    [InlineData("reference: adapter\nuse_peft: true", "reference: adapter needs a loaded adapter")]
    [InlineData("output_dir: ./models/../m\nref_model_name_or_path: m", "output_dir and ref_model_name_or_path are the same folder")]
    [InlineData("output_dir: a/\nadapter_name_or_path: a", "output_dir and adapter_name_or_path are the same folder")]
    [InlineData("learning_rate: 1e300", "learning_rate is 1E+300; expected 0 to 10")]
    [InlineData("max_tokens_per_batch: 1", "max_tokens_per_batch: 1 is out of range; expected a whole number from 2, or null")]
    [InlineData("reference: base", "reference: base needs an adapter")]
    [InlineData("eval_strategy: steps", "set eval_dataset_name")]
    [InlineData("eval_on_start: true", "eval_on_start asks for an evaluation")]
    [InlineData("lora_r: 8", "lora_r is set but no adapter is trained; add use_peft: true")]
    [InlineData("use_peft: false\nadapter_name_or_path: a", "use_peft: false contradicts adapter_name_or_path")]
    [InlineData("bf16: true\nfp16: true", "fp16 and bf16 are both true")]
    [InlineData("device: gpu", "config.yaml:3:9: device: gpu is not known")]
    [InlineData("device: cuda:x", "device: cuda:x is not known")]
    [InlineData("device: cuda\nuse_cpu: true", "use_cpu contradicts device: cuda")]
    [InlineData("group_by_length: true\ntrain_sampling_strategy: sequential", "group_by_length contradicts")]
    [InlineData("loss_type: [sigmoid, sigmoid]", "loss_type names sigmoid 2 times; name it once")]
    [InlineData("loss_type: [sigmoid, sft]\nloss_weights: [1]", "loss_weights has 1 numbers but loss_type 2 losses")]
    [InlineData("loss_weights: [1, 2]", "loss_weights has 2 numbers but loss_type 1 losses")]
    [InlineData("loss_type: [sigmoid, sft]\nloss_weights: [1, much]", "config.yaml:4:15: loss_weights: much is not a number")]
    [InlineData("loss_weights: 0", "loss_weights are all 0")]
    [InlineData("loss_type: [sigmoid, sft]\nrpo_alpha: 1", "rpo_alpha adds the loss sft, which loss_type names already")]
    [InlineData("loss_type: hinge\nlabel_smoothing: 0.1", "label_smoothing is set but loss_type hinge does not read it; it counts for sigmoid, exo_pair, robust")]
    [InlineData("discopop_tau: 0.1", "discopop_tau is set but loss_type sigmoid does not read it; it counts for discopop")]
    [InlineData("loss_type: apo_zero\nf_divergence_type: forward_kl", "f_divergence_type is set but loss_type apo_zero does not read it")]
    [InlineData("f_alpha_divergence_coef: 0.3", "f_alpha_divergence_coef is set but f_divergence_type is reverse_kl")]
    [InlineData("loss_type: exo_pair", "loss_type exo_pair needs label_smoothing above 0")]
    [InlineData("loss_type: sft\nld_alpha: 0.5", "ld_alpha is set but loss_type sft does not read it")]
    [InlineData("ld_alpha: 1.5", "ld_alpha: 1.5 is out of range")]
    [InlineData("loss_type: aot\nuse_weighting: true", "use_weighting weighs pairs, but the losses of aot belong to quantiles")]
    [InlineData("loss_type: sigmoid_norm\nloss_version: trl_0.13", "loss_version trl_0.13 has no loss_type sigmoid_norm")]
    [InlineData("loss_type: robust\nloss_version: trl_0.7.1", "loss_version trl_0.7.1 has no loss_type robust")]
    [InlineData("loss_type: [sigmoid, ipo]\nloss_version: trl_0.13", "loss_version trl_0.13 has one loss, not 2")]
    [InlineData("ld_alpha: 0.5\nloss_version: trl_0.13", "loss_version trl_0.13 has no ld_alpha")]
    [InlineData("rpo_alpha: 0.5\nloss_version: trl_0.7.1", "loss_version trl_0.7.1 has no use_weighting, rpo_alpha or f_divergence_type")]
    [InlineData("loss_type: bco_pair\nf_divergence_type: forward_kl\nloss_version: trl_0.13", "does not read f_divergence_type for loss_type bco_pair")]
    [InlineData("loss_type: kto_pair", "loss_type: kto_pair is refused")]
    [InlineData("reference_free: true\nreference: base\nuse_peft: true", "reference_free is true but reference is base")]
    [InlineData("reference_free: true\nref_model_name_or_path: m", "ref_model_name_or_path is set but reference is none")]
    [InlineData("reference_free: true\nprecompute_ref_log_probs: true", "nothing to precompute")]
    [InlineData("lr_scheduler_kwargs: {num_cycles: 2}", "'num_cycles' means nothing to lr_scheduler_type 'linear'; it takes no arguments")]
    [InlineData("lr_scheduler_type: cosine\nlr_scheduler_kwargs: {num_cycle: 2}", "it takes num_cycles")]
    [InlineData("lr_scheduler_type: cosine\nlr_scheduler_kwargs: {num_cycles: many}", "num_cycles is many, expected a number")]
    [InlineData("lr_scheduler_type: cosine_with_min_lr", "exactly one of 'min_lr' and 'min_lr_rate'")]
    [InlineData("lr_scheduler_type: warmup_stable_decay\nlr_scheduler_kwargs: {num_stable_steps: 3}", "needs 'num_decay_steps'")]
    [InlineData("lr_scheduler_type: warmup_stable_decay\nlr_scheduler_kwargs: {num_stable_steps: 3, num_decay_steps: 1.5}", "'num_decay_steps' is 1.5")]
    [InlineData("use_peft: true\nlora_target_modules: [q_proj, all-linear]", "all-linear must stand alone")]
    [InlineData("optim: sgd\nadam_beta1: 0.8", "adam_beta1 is set but optim sgd has no such parameter; remove adam_beta1 or choose another optim")]
    [InlineData("adafactor: true\nadam_beta2: 0.8", "adam_beta2 is set but optim adafactor has no such parameter")]
    [InlineData("optim: lion_8bit\nadam_epsilon: 1e-6", "adam_epsilon is set but optim lion_8bit has no such parameter")]
    [InlineData("adafactor: true\noptim: sgd", "config.yaml:3:12: adafactor: true contradicts optim: sgd; keep optim")]
    [InlineData("optim_args: momentum=0.9", "config.yaml:3:13: optim_args: 'momentum' means nothing to optim 'adamw_torch_fused'; it takes no arguments")]
    [InlineData("optim: sgd\noptim_args: nesterov=1", "'nesterov' means nothing to optim 'sgd'; it takes momentum")]
    [InlineData("optim: sgd\noptim_args: momentum", "optim_args: momentum is not name=number")]
    [InlineData("optim: sgd\noptim_args: momentum=1", "'momentum' is 1; expected 0 to below 1")]
    public void Contradictions_are_one_line_that_names_the_keys(string yaml, string expected) =>
        Assert.Contains(expected, Configured.FaultOf(yaml), StringComparison.Ordinal);

    [Fact]
    public void The_losses_and_their_parameters_bind()
    {
        var options = Configured.Dpo("loss_type: [sigmoid, sft]\nloss_weights: [0.8, -1]\nf_divergence_type: alpha_divergence\nf_alpha_divergence_coef: 0.3\nuse_weighting: true\nld_alpha: 0.4\nreference_free: true\n");
        Assert.Equal(["sigmoid", "sft"], options.LossType);
        Assert.Equal([0.8, -1], options.LossWeights!);
        Assert.Equal(("alpha_divergence", 0.3, true, 0.4, ReferenceChoice.None), (options.FDivergenceType, options.FAlphaDivergenceCoef, options.UseWeighting, options.LdAlpha, options.Reference));
        Assert.Equal("0.8 × sigmoid + -1 × sft, beta 0.1, alpha_divergence 0.3, ld_alpha 0.4, weighted by the policy", ObjectiveChoice.Describe(options));
        var older = Configured.Dpo("loss_type: discopop\ndiscopop_tau: 0.2\nloss_version: trl_0.13\nrpo_alpha: 2\n");
        Assert.Equal((0.2, LossVersion.Trl013, 2), (older.DiscopopTau, older.LossVersion, older.RpoAlpha));
        Assert.Equal("discopop + 2 × sft, beta 0.1, as TRL 0.13 has it", ObjectiveChoice.Describe(older));
    }

    [Fact]
    public void Keys_at_their_defaults_contradict_nothing() =>
        Configured.Dpo("loss_type: apo_zero\nlabel_smoothing: 0.0\ndiscopop_tau: 0.05\nf_divergence_type: reverse_kl\nf_alpha_divergence_coef: 0.5\nloss_weights: null\nld_alpha: null\n");

    [Fact]
    public void The_optimizer_and_its_arguments_bind()
    {
        var options = Configured.Dpo("optim: sgd\noptim_args: momentum = 0.9\n");
        Assert.Equal("sgd", options.Optim);
        Assert.Equal(0.9, Assert.Contains("momentum", options.OptimArgs));
        Assert.Equal("adafactor", Configured.Dpo("adafactor: true\n").Optim);
        Assert.Equal("adafactor", Configured.Dpo("adafactor: true\noptim: adafactor\n").Optim);
        Assert.Equal("lion_32bit", Configured.Dpo("adafactor: false\noptim: lion_32bit\nadam_beta2: 0.99\n").Optim);
    }

    [Theory]
    [InlineData("", DtypeChoice.Auto)]
    [InlineData("bf16: true", DtypeChoice.BFloat16)]
    [InlineData("bf16: false", DtypeChoice.Float32)]
    [InlineData("fp16: true", DtypeChoice.Float16)]
    [InlineData("bf16: false\nfp16: true", DtypeChoice.Float16)]
    [InlineData("bf16: true\ndtype: float32", DtypeChoice.Float32)]
    [InlineData("dtype: null\nbf16: true", DtypeChoice.BFloat16)]
    public void Mixed_precision_keys_choose_dtype_when_it_is_not_set(string yaml, DtypeChoice expected) => Assert.Equal(expected, Configured.Dpo(yaml).Dtype);

    [Fact]
    public void Keys_that_choose_another_keys_value_do_so()
    {
        Assert.Equal("cpu", Configured.Dpo("use_cpu: true").Device);
        Assert.Equal("cuda:1", Configured.Dpo("device: cuda:1").Device);
        Assert.Equal(SamplingStrategy.GroupByLength, Configured.Dpo("group_by_length: true").TrainSamplingStrategy);
        Assert.Equal(ReferenceChoice.Model, Configured.Dpo("ref_model_name_or_path: r").Reference);
        Assert.Equal(20, Configured.Dpo("logging_steps: 20").EvalSteps.Value);
    }

    [Theory]
    [InlineData("all-linear")]
    [InlineData(".*\\.(q|v)_proj")]
    [InlineData("model\\.layers\\.\\d{1,2}\\.self_attn\\.q_proj")]
    public void A_target_pattern_stays_one_text(string pattern)
    {
        var options = Configured.Dpo("use_peft: true", ("lora_target_modules", [pattern]));
        Assert.Equal(pattern, options.LoraTargetPattern);
        Assert.Empty(options.LoraTargetModules);
    }

    [Fact]
    public void One_name_is_a_list_of_one() => Assert.Equal(["q_proj"], Configured.Dpo("use_peft: true\nlora_target_modules: q_proj").LoraTargetModules);

    [Fact]
    public void Lora_keys_are_kept_apart_from_their_defaults_when_an_adapter_is_loaded()
    {
        var options = Configured.Dpo("adapter_name_or_path: a\nlora_r: 16");
        Assert.Contains("lora_r", options.GivenKeys);
        Assert.DoesNotContain("lora_alpha", options.GivenKeys);
    }

    [Fact]
    public void A_model_folder_that_is_an_adapter_counts_as_one()
    {
        var adapter = AlignSharp.Testing.Golden.Path("trl/adapter_init").Replace('\\', '/');
        var options = DpoRunOptions.From(Configured.By($"model_name_or_path: '{adapter}'\ndataset_name: d\nlora_r: 8\nreference: adapter"));
        Assert.Equal(ReferenceChoice.Adapter, options.Reference);
    }

    [Fact]
    public void Options_made_by_hand_are_checked_for_ranges_and_choices()
    {
        var made = new DpoRunOptions { ModelNameOrPath = "model", DatasetName = "pairs.jsonl" };
        foreach (var bad in new[] { made with { Beta = 0 }, made with { LoraR = 0 }, made with { PerDeviceTrainBatchSize = 0 }, made with { MaxTokensPerBatch = 1 }, made with { LearningRate = double.NaN }, made with { LossType = ["ipl"] }, made with { LossType = [] }, made with { LdAlpha = 2 }, made with { FDivergenceType = "kl" }, made with { DiscopopTau = 0 }, made with { RpoAlpha = -1 }, made with { Optim = "adagrad" }, made with { LrSchedulerType = "" } })
            Assert.Throws<AlignSharp.Data.Faults.ConfigurationException>(bad.Validate);
    }

    [Theory]
    [InlineData(0.1, 201, 21)]
    [InlineData(0, 10, 0)]
    [InlineData(1, 10, 1)]
    [InlineData(500, 10, 500)]
    public void Steps_below_one_are_a_fraction_rounded_up(double value, int maxSteps, int expected) => Assert.Equal(expected, new StepInterval(value).Resolve(maxSteps));
}
