using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;
using AlignSharp.Recipes.Demo;
using Xunit;

namespace AlignSharp.Tests.Recipes.Demo;

/// <summary>The demo at a size that proves its wiring and not its figures.</summary>
public sealed class DemoRecipeTests : IDisposable
{
    private static readonly DemoSettings Tiny = new() { TrainQuestions = 48, HeldOutQuestions = 16, VocabularySize = 400, HiddenSize = 32, IntermediateSize = 48, SftEpochs = 1, DpoEpochs = 2, MaxNewTokens = 4 };

    private readonly string _folder = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    [Fact]
    public void The_demo_measures_before_and_after_and_leaves_what_it_says()
    {
        var report = DemoRecipe.Run(_folder, Tiny, RunHost.Silent);

        using var json = JsonDocument.Parse(File.ReadAllText(report.Paths.Report));
        Assert.True(json.RootElement.GetProperty("seconds").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("peak_mib").GetDouble() > 50);
        // Before alignment policy and reference are one model: every pair is a tie.
        Assert.Equal(0.5, json.RootElement.GetProperty("before").GetProperty("reward_accuracy").GetDouble());
        Assert.Equal(0, json.RootElement.GetProperty("before").GetProperty("reward_margin").GetDouble());
        Assert.NotEqual(0, json.RootElement.GetProperty("after").GetProperty("reward_margin").GetDouble());
        Assert.InRange(json.RootElement.GetProperty("after").GetProperty("answer_quality").GetDouble(), 0, 1);

        Assert.Equal(48, File.ReadLines(report.Paths.TrainFile).Count());
        Assert.Equal(16, File.ReadLines(report.Paths.TestFile).Count());
        Assert.Equal(400, ModelConfigReader.Read(report.Paths.Model).Shape.VocabularySize);
        Assert.Equal(400, TokenizerFolder.Load(report.Paths.Model).VocabularySize);
        Assert.Equal(14, AdapterTargets(report.Paths.Adapter));
        Assert.Equal(3, report.Examples.Count);
    }

    [Fact]
    public void The_configuration_it_writes_does_the_second_stage_again_to_the_same_adapter()
    {
        var paths = DemoRecipe.Run(_folder, Tiny, RunHost.Silent).Paths;
        var again = Path.Combine(_folder, "again");
        var configuration = EffectiveConfiguration.Create(KeyTable.Dpo, ConfigurationSource.FromFile(paths.Configuration), []);
        DpoRecipe.Run(DpoRunOptions.From(configuration) with { OutputDir = again }, RunHost.Silent);
        Assert.Equal(File.ReadAllBytes(Path.Combine(paths.Adapter, AdapterFolder.WeightsFile)), File.ReadAllBytes(Path.Combine(again, AdapterFolder.WeightsFile)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int AdapterTargets(string folder)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, AdapterFolder.WeightsFile));
        return file.Names.Count(name => name.EndsWith("lora_A.weight", StringComparison.Ordinal));
    }
}
