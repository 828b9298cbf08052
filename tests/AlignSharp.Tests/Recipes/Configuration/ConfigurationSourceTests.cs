using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Configuration;
using Xunit;

namespace AlignSharp.Tests.Recipes.Configuration;

public class ConfigurationSourceTests
{
    [Fact]
    public void Keys_keep_their_line_and_column()
    {
        var settings = ConfigurationSource.FromText("# comment\nbeta: 0.2\n\nlora_target_modules:\n- q_proj\n- v_proj\n", "c.yaml");
        Assert.Equal(["beta", "lora_target_modules"], settings.Select(setting => setting.Key));
        Assert.Equal("c.yaml:2:7", settings[0].Source.Position);
        Assert.Equal("c.yaml:2", settings[0].Source.Name);
        Assert.Equal("[q_proj, v_proj]", settings[1].Value.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    public void An_empty_file_sets_nothing(string yaml) => Assert.Empty(ConfigurationSource.FromText(yaml, "c.yaml"));

    [Theory]
    [InlineData("beta: 1\nbeta: 2\n", "c.yaml:2:1: beta is set twice; the first time in line 1")]
    [InlineData("save_steps: 1\nsave-steps: 2\n", "c.yaml:2:1: save_steps is set twice")]
    [InlineData("- beta\n", "c.yaml:1:1: expected keys and values")]
    [InlineData("just text\n", "c.yaml:1:1: expected keys and values")]
    [InlineData("beta: &b 1\n", "c.yaml:1:7: the anchor &b is not allowed")]
    [InlineData("beta: *b\n", "c.yaml:1:7: the alias *b is not allowed")]
    [InlineData("beta: !!float 1\n", "c.yaml:1:7: the tag")]
    [InlineData("beta: 1\n---\nbeta: 2\n", "c.yaml:2:1: a second document begins")]
    [InlineData("? [a]\n: 1\n", "c.yaml:1:3: a key must be a name")]
    [InlineData("lr_scheduler_kwargs: {a: 1, a: 2}\n", "c.yaml:1:29: a is set twice")]
    [InlineData("x: [[[[[[[[[[[[1]]]]]]]]]]]]\n", "nested deeper than 8 levels")]
    [InlineData("beta: [1\n", "c.yaml:2:1: ")]
    [InlineData("lr_scheduler_kwargs:\n\tnum_cycles: 1\n", "c.yaml:2:1: a tab indents this line")]
    [InlineData("beta: 'open\n", "c.yaml:")]
    [InlineData("beta: 1\nrun_name: a\0b\n", "c.yaml:2:12: a control character (code 0) stands here")]
    [InlineData("beta: 1\n  gamma: 2\n", "c.yaml:2:")]
    public void Broken_files_are_one_line_with_file_line_and_column(string yaml, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromText(yaml, "c.yaml")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Bad_utf8_names_line_and_column()
    {
        var message = FaultOfFile([.. "beta: 1\nrun_name: a"u8, 0xFF, (byte)'\n']);
        Assert.Contains(":2:12: a byte here is not UTF-8", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        var path = WriteFile([0xEF, 0xBB, 0xBF, .. "beta: 1"u8]);
        Assert.Equal("beta", Assert.Single(ConfigurationSource.FromFile(path)).Key);
        File.Delete(path);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_read() =>
        Assert.Contains("too many for a configuration", FaultOfFile(Encoding.UTF8.GetBytes(new string('#', (1 << 20) + 1))), StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named()
    {
        var message = Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromFile("absent/none.yaml")).Message;
        Assert.StartsWith("absent/none.yaml: the configuration file cannot be read", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_target_modules", "[q_proj, v_proj]", "q_proj", "v_proj")]
    [InlineData("lora-target-modules", "[q_proj, k_proj, v_proj]", "q_proj,k_proj", "v_proj")]
    [InlineData("lr_scheduler_kwargs", "{num_cycles: 2}", "{num_cycles: 2}")]
    [InlineData("use_peft", "true")]
    public void Options_are_read_by_their_key(string name, string expected, params string[] values) =>
        Assert.Equal(expected, ConfigurationSource.FromOption(KeyTable.Dpo, "--x", name, values).Value.Text);

    [Fact]
    public void An_option_that_takes_one_value_refuses_two_and_none()
    {
        Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromOption(KeyTable.Dpo, "--beta", "beta", ["1", "2"]));
        Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromOption(KeyTable.Dpo, "--beta", "beta", []));
    }

    [Fact]
    public void Only_a_key_that_can_mean_true_stands_alone()
    {
        Assert.Equal("true", ConfigurationSource.FromOption(KeyTable.Dpo, "--gradient_checkpointing", "gradient_checkpointing", []).Value.Text);
        Assert.Equal("true", ConfigurationSource.FromOption(KeyTable.Dpo, "--resume_from_checkpoint", "resume_from_checkpoint", []).Value.Text);
        Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromOption(KeyTable.Dpo, "--output_dir", "output_dir", []));
        Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromOption(KeyTable.Dpo, "--lora_target_modules", "lora_target_modules", []));
    }

    private static string FaultOfFile(byte[] bytes)
    {
        var path = WriteFile(bytes);
        var message = Assert.Throws<ConfigurationException>(() => ConfigurationSource.FromFile(path)).Message;
        File.Delete(path);
        return message;
    }

    private static string WriteFile(byte[] bytes)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
