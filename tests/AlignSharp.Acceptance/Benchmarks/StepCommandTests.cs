using System.Text.Json;
using AlignSharp.Benchmarks;
using Xunit;

namespace AlignSharp.Acceptance.Benchmarks;

public class StepCommandTests
{
    private static readonly string[] Tiny =
        ["step", "--dtype", "fp32", "--pairs=2", "--prompt", "2:6", "--completion", "3:8", "--hidden", "32", "--layers", "2", "--heads", "4", "--kv-heads", "2", "--inter", "48", "--vocab", "96", "--steps", "1"];

    private static readonly string[] Sides = ["ours", "baseline"], SideFigures = ["tokens_per_second", "ms", "peak_mib"], Figures = ["ratio", "gemm_gflops", "gemm_share"];

    [Fact]
    public void The_report_has_the_fields_that_outside_checks_read()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "step.json");
        var (code, output, errors) = Run([.. Tiny, "--json", file]);
        Assert.True(code == 0, errors);
        Assert.Contains("ratio", output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var report = document.RootElement;
        Assert.All(new[] { report, report.GetProperty("shapes")[0] }, RequireFigures);
        Assert.Equal(("fp32", 2, "2:6", 2), (report.GetProperty("dtype").GetString(), report.GetProperty("pairs").GetInt32(), report.GetProperty("prompt").GetString(), report.GetProperty("kv_heads").GetInt32()));
        Assert.True(report.GetProperty("machine").GetProperty("cores").GetInt32() > 0);
        Assert.InRange(report.GetProperty("loss_difference").GetDouble(), 0, 2e-5);
    }

    [Theory]
    [InlineData("option --batch is not known; did you mean --", "--batch", "4")]
    [InlineData("option --dtype: fp16 is not known; expected fp32 or bf16", "--dtype", "fp16")]
    [InlineData("option --pairs: 0 is not a whole number of 1 or more", "--pairs", "0")]
    [InlineData("option --pairs needs a value", "--pairs")]
    [InlineData("option --heads: 5 heads do not divide --hidden 768", "--heads", "5")]
    [InlineData("option --json: the folder of no-such-folder/x.json does not exist", "--json", "no-such-folder/x.json")]
    [InlineData("\"4\" is no option", "4")]
    public void A_wrong_option_is_one_line_and_code_2(string message, params string[] options)
    {
        var (code, output, errors) = Run(["step", .. options]);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith($"benchmarks: error: {message}", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_wrong_benchmark_names_the_nearest()
    {
        var (code, _, errors) = Run(["kernel"]);
        Assert.Equal(2, code);
        Assert.StartsWith("benchmarks: error: \"kernel\" is no benchmark; did you mean kernels?", errors, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = new CommandLine(output, errors).Run(words);
        return (code, output.ToString(), errors.ToString());
    }

    private static void RequireFigures(JsonElement shape)
    {
        foreach (var side in Sides)
            foreach (var name in SideFigures) Assert.True(shape.GetProperty(side).GetProperty(name).GetDouble() > 0, $"{side}.{name}");
        foreach (var name in Figures) Assert.True(shape.GetProperty(name).GetDouble() > 0, name);
    }
}
