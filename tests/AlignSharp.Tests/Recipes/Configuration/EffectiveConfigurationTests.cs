using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

public class EffectiveConfigurationTests
{
    [Theory]
    [InlineData("beta: abc", "config.yaml:3:7: beta: abc is not a number; expected a number above 0")]
    [InlineData("beta: \"0.1\"", "beta: 0.1 is not a number")]
    [InlineData("beta: 0", "beta: 0 is out of range; expected a number above 0")]
    [InlineData("beta: -0.1", "beta: -0.1 is out of range")]
    [InlineData("beta: null", "beta: null is not allowed")]
    [InlineData("beta: 1e999", "beta: 1e999 is not a number")]
    [InlineData("beta: [0.1]", "beta: [0.1] is not a number")]
    [InlineData("max_steps: 1.5", "max_steps: 1.5 is not a whole number; expected a whole number from -1")]
    [InlineData("max_steps: -2", "max_steps: -2 is out of range")]
    [InlineData("max_length: 1", "max_length: 1 is out of range; expected a whole number from 2, or null")]
    [InlineData("threads: 1000000", "threads: 1000000 is out of range; expected a whole number from 1 to 1024, or null")]
    [InlineData("lora_r: 0", "lora_r: 0 is out of range")]
    [InlineData("lora_dropout: 1", "lora_dropout: 1 is out of range; expected a number from 0 to below 1")]
    [InlineData("label_smoothing: 0.5", "label_smoothing: 0.5 is out of range")]
    [InlineData("adam_beta2: 1.0", "adam_beta2: 1.0 is out of range")]
    [InlineData("logging_steps: 1.5", "logging_steps: 1.5 is neither a whole number of updates nor below 1")]
    [InlineData("logging_steps: 0", "logging_steps: 0 is out of range")]
    [InlineData("use_peft: 1", "use_peft: 1 is not true or false")]
    [InlineData("use_peft: \"true\"", "use_peft: true is not true or false")]
    [InlineData("dtype: fp8", "dtype: fp8 is not known; expected one of auto, float32, bfloat16, float16")]
    [InlineData("output_dir: ''", "output_dir: \"\" is empty; expected text")]
    [InlineData("output_dir: [a]", "output_dir: [a] is not a text")]
    [InlineData("loss_type: sigmod", "loss_type: sigmod is not known")]
    [InlineData("lora_target_modules: [q_proj, [v_proj]]", "is not a list of texts")]
    [InlineData("lora_target_modules: {a: b}", "is not a list of texts")]
    [InlineData("lr_scheduler_kwargs: 3", "lr_scheduler_kwargs: 3 is not a mapping")]
    [InlineData("dataset_num_proc: many", "dataset_num_proc: many is not a whole number")]
    [InlineData("gradient_checkpointing: perhaps", "expected one of auto, true, false")]
    [InlineData("eval_strategy: yes", "eval_strategy: yes is not known")]
    public void Wrong_values_are_one_line_with_key_source_value_and_expected(string yaml, string expected) =>
        Assert.Contains(expected, Configured.FaultOf(yaml), StringComparison.Ordinal);

    [Fact]
    public void Options_win_over_the_file_and_the_file_over_defaults()
    {
        var configuration = Configured.By("beta: 0.2\nlearning_rate: 1e-5\n", ("beta", ["0.3"]));
        Assert.Equal(0.3, configuration.Number("beta"));
        Assert.Equal("--beta", configuration.Source("beta").Name);
        Assert.Equal(1e-5, configuration.Number("learning_rate"));
        Assert.Equal("config.yaml:2", configuration.Source("learning_rate").Name);
        Assert.Equal(1.0, configuration.Number("max_grad_norm"));
        Assert.Equal("default", configuration.Source("max_grad_norm").Name);
        Assert.False(configuration.IsGiven("max_grad_norm"));
    }

    [Fact]
    public void An_alias_sets_the_key_that_it_stands_for()
    {
        Assert.Equal("steps", Configured.By("evaluation_strategy: steps").Text("eval_strategy"));
        Assert.Equal("bfloat16", Configured.By("torch_dtype: bfloat16").Text("dtype"));
        Assert.Equal("float32", Configured.By("torch_dtype: bfloat16", ("dtype", ["float32"])).Text("dtype"));
        Assert.Equal("auto", Configured.By("torch_dtype: null").Text("dtype"));
        Configured.Dpo("torch_dtype: bfloat16\ndtype: bfloat16");
        Assert.Contains("config.yaml:4:8: dtype contradicts config.yaml:3:14", Configured.FaultOf("torch_dtype: bfloat16\ndtype: float32"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_target_modules: [q_proj, v_proj]")]
    [InlineData("lora_target_modules: q_proj,v_proj")]
    [InlineData("lora_target_modules: q_proj, v_proj")]
    [InlineData("lora_target_modules:\n  - q_proj\n  - \"v_proj\"")]
    public void Lists_have_three_forms(string yaml) => Assert.Equal(["q_proj", "v_proj"], Configured.By(yaml).TextList("lora_target_modules"));

    [Theory]
    [InlineData("save_strategy: no", "no")]
    [InlineData("save_strategy: \"no\"", "no")]
    [InlineData("gradient_checkpointing: True", "true")]
    [InlineData("run_name: 2024", "2024")]
    [InlineData("run_name: yes", "yes")]
    public void A_key_that_takes_text_takes_the_scalar_as_written(string yaml, string expected) =>
        Assert.Equal(expected, Configured.By(yaml).Text(yaml.Split(':')[0]));

    [Fact]
    public void The_dry_run_shows_what_differs_and_where_it_was_set()
    {
        var configuration = Configured.By("beta: 0.2\nlearning_rate: 1.0e-6\nloss_type: [sigmoid]\nreport_to: none\nbf16: true\n", ("max_steps", ["10"]));
        using var writer = new StringWriter();
        configuration.Write(writer);
        var expected = """
            Effective configuration: keys that differ from their defaults (TRL 1.9's; deviations in docs/configuration.md)
              key        value  default  from
              beta       0.2    0.1      config.yaml:1
              max_steps  10     -1       --max_steps

            Accepted; nothing to do:
              key   value  from           because
              bf16  true   config.yaml:5  it chooses dtype when dtype is not set: true is bfloat16, false without fp16 is float32

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), writer.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Control_characters_of_a_value_never_reach_the_terminal() =>
        Assert.DoesNotContain('\u001b', Configured.FaultOf("dtype: \"\\e[31m\""));
}
