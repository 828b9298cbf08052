using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Pipelines;
using Xunit;

namespace AlignSharp.Tests.Recipes.Pipelines;

public sealed class PipelineTests : IDisposable
{
    private const string Text = """
        output_dir: OUT
        stages:
          make:
            command: data demo
            output_dir: ${output_dir}/made
            rows: 5
          train:
            config: train.yaml
            only: small
            dataset_name: ${make.output_dir}
            names: [a, b]
            off: null
            output_dir: ${output_dir}/trained
          say:
            command: generate
            model: ${make.output_dir}
            file: words.txt
            stdout: ${output_dir}/said.txt
        scales:
          small:
            make: {rows: 2}
          large: {}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    private readonly List<string> _ran = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Out => Path.Combine(_folder, "out");

    [Fact]
    public void Stages_become_command_lines_with_what_earlier_ones_were_given()
    {
        var small = Read(Text, "small").Stages;
        Assert.Equal(["make", "train", "say"], small.Select(stage => stage.Name));
        Assert.Equal(["data", "demo", $"--output_dir={Out}/made", "--rows=2"], small[0].Words);
        Assert.Equal(["train", $"--config={Path.Combine(_folder, "train.yaml")}", $"--dataset_name={Out}/made", "--names=a", "--names=b", $"--output_dir={Out}/trained"], small[1].Words);
        Assert.Equal(["generate", $"--model={Out}/made", "words.txt"], small[2].Words);
        Assert.Equal($"{Out}/said.txt", small[2].StandardOutput);
        Assert.Equal(["make", "say"], Read(Text, null).Stages.Select(stage => stage.Name));
        Assert.Contains("--rows=5", Read(Text, "large").Stages[0].Words);
    }

    [Theory]
    [InlineData("stages: {a: {x: 1}}", null, "output_dir is missing")]
    [InlineData("output_dir: o", null, "stages is missing")]
    [InlineData("output_dir: o\nsteps: 1\nstages: {a: {x: 1}}", null, "steps is not known")]
    [InlineData("output_dir: o\nstages: {a: {x: \"${b.y}\"}, b: {y: 1}}", null, "stage a: ${b.y} names nothing that comes before it")]
    [InlineData("output_dir: o\nstages: {a: {x: 1}}\nscales: {tiny: {b: {y: 1}}}", "tiny", "has the stage b, which stages does not have")]
    [InlineData("output_dir: o\nstages: {a: {x: 1}}\nscales: {tiny: {}}", "huge", "there is no scale 'huge'; it has tiny")]
    [InlineData("output_dir: o\nstages: {a: {only: tiny}}", null, "no stage is left")]
    [InlineData("output_dir: o\nstages: {\"a b\": {x: 1}}", null, "is no name for a stage")]
    public void What_is_no_pipeline_is_said_in_one_line(string text, string? scale, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => Read(text, scale)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_finished_stage_is_skipped_until_its_inputs_change_and_then_all_that_follows_runs()
    {
        File.WriteAllText(Path.Combine(_folder, "train.yaml"), "learning_rate: 1");
        Assert.Equal([0, 0, 0], Run("small"));
        Assert.Equal(["make", "train", "say"], _ran);
        Assert.Equal("said", File.ReadAllText($"{Out}/said.txt"));

        Assert.Equal(new int?[] { null, null, null }, Run("small"));
        Assert.Empty(_ran);

        File.WriteAllText(Path.Combine(_folder, "train.yaml"), "learning_rate: 2");
        Run("small");
        Assert.Empty(_ran.Except(["train"])); // its configuration is an input
        Assert.Equal(["train"], _ran);

        File.WriteAllText($"{Out}/made/more", "x");
        Run("small");
        Assert.Equal(["train", "say"], _ran); // what make left is an input of both

        Directory.Delete($"{Out}/made", recursive: true);
        Run("small");
        Assert.Equal(["make", "train", "say"], _ran);
    }

    [Fact]
    public void A_failure_ends_the_run_and_the_same_command_goes_on_there()
    {
        File.WriteAllText(Path.Combine(_folder, "train.yaml"), "");
        Assert.Equal([0, 6, null], Run("small", failing: "train"));
        Assert.True(File.Exists($"{Out}/trained/half"));
        Assert.Equal([null, 0, 0], Run("small"));
        Assert.Equal(["train", "say"], _ran);
        // What the failed run left was its own, and made room.
        Assert.False(File.Exists($"{Out}/trained/half"));
    }

    [Fact]
    public void A_folder_that_the_pipeline_did_not_make_is_left_alone()
    {
        Directory.CreateDirectory($"{Out}/made");
        File.WriteAllText($"{Out}/made/mine", "kept");
        Run("small");
        Assert.Equal("kept", File.ReadAllText($"{Out}/made/mine"));
    }

    private Pipeline Read(string text, string? scale)
    {
        var path = Path.Combine(_folder, "pipeline.yaml");
        File.WriteAllText(path, text.Replace("OUT", Out, StringComparison.Ordinal));
        return PipelineReader.Read(path, scale);
    }

    private int?[] Run(string scale, string? failing = null)
    {
        _ran.Clear();
        return [.. PipelineRecipe.Run(Read(Text, scale), Command, _ => { }, TestContext.Current.CancellationToken).Select(outcome => outcome.ExitCode)];

        int Command(IReadOnlyList<string> words, TextWriter? output)
        {
            var name = words[0] switch { "data" => "make", "generate" => "say", var other => other };
            _ran.Add(name);
            output?.Write("said");
            var folder = words.FirstOrDefault(word => word.StartsWith("--output_dir=", StringComparison.Ordinal))?["--output_dir=".Length..];
            if (folder is not null) Directory.CreateDirectory(folder);
            if (name != failing) return 0;
            File.WriteAllText(Path.Combine(folder!, "half"), "");
            return 6;
        }
    }
}
