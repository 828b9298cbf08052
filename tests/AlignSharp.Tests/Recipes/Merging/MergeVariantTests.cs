using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Merging;
using AlignSharp.Testing;
using AlignSharp.Tests.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Recipes.Merging;

/// <summary>Variants of adapters through <see cref="MergeRecipe"/>, which itself compares the logits of what it wrote with the base and its adapter.</summary>
public sealed class MergeVariantTests : IDisposable
{
    private static readonly LlamaConfig Shape = TinyLlama.Config with { AttentionBias = true };

    private static readonly Dictionary<string, LoraOptions> Variants = new()
    {
        ["patterns"] = new LoraOptions { Rank = 4, RankPattern = new PatternTable<int>([KeyValuePair.Create("v_proj", 2)], "rank_pattern") },
        ["dora"] = new LoraOptions { Rank = 4, Decomposed = true, Targets = new AllLinearTargets() },
        ["bias of B"] = new LoraOptions { Rank = 2, HasBiasOfB = true },
        ["biases"] = new LoraOptions { Rank = 2, Bias = LoraBias.All },
        ["biases of targets"] = new LoraOptions { Rank = 2, Bias = LoraBias.LoraOnly },
        ["saved modules"] = new LoraOptions { Rank = 2, ModulesToSave = ["lm_head", "embed_tokens", "norm", "o_proj"] },
        ["embedding"] = new LoraOptions { Rank = 2, Targets = new NamedTargets(["embed_tokens", "q_proj"]) },
        ["pissa"] = new LoraOptions { Rank = 4, Start = new PissaStart(Iterations: null) },
        ["olora and dora"] = new LoraOptions { Rank = 4, Decomposed = true, Start = new OloraStart() },
    };

    private readonly TemporaryFolder _folder = new();

    public MergeVariantTests() => TinyModelFolder.Create(Directory.CreateDirectory(Base).FullName, Shape, 3);

    public static TheoryData<string> Names => [.. Variants.Keys];

    private string Base => _folder.File("base");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_single_adapter_of_any_variant_is_merged(string variant)
    {
        var report = Merge(new() { Model = Base, Adapters = [Adapter(variant, 1)], OutputDir = _folder.File("out") });
        Assert.InRange(report.MaxAbsAdapterEffect, 1e-3, double.PositiveInfinity);
        Assert.InRange(report.MaxAbsLogitDifference, 0, 1e-5 * report.MaxAbsLogit);
        var half = Merge(new() { Model = Base, Adapters = [Adapter(variant, 1)], OutputDir = _folder.File("half"), Dtype = DtypeChoice.BFloat16 });
        Assert.Equal("bfloat16", half.Dtype);
    }

    [Theory]
    [InlineData("dora", "'use_dora' cannot be weighted or summed")]
    [InlineData("bias of B", "'lora_bias'")]
    [InlineData("biases", "'bias'")]
    [InlineData("saved modules", "'modules_to_save'")]
    [InlineData("embedding", "'target_modules: embed_tokens'")]
    public void What_is_more_than_an_update_is_refused_in_sums_by_name(string variant, string expected)
    {
        var one = Adapter(variant, 1);
        var runs = new MergeRunOptions[]
        {
            new() { Model = Base, Adapters = [one, Adapter("patterns", 2)], OutputDir = _folder.File("out") },
            new() { Model = Base, Adapters = [one], Weights = [0.5], OutputDir = _folder.File("out") },
            new() { Model = Base, Adapters = [one], Combination = "linear", OutputDir = _folder.File("out") },
        };
        foreach (var run in runs) Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Merge(run)).Message, StringComparison.Ordinal);
        Assert.Contains("save_adapter", Assert.Throws<ConfigurationException>(() => Merge(runs[1] with { Weights = [], SaveAdapter = true })).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Theory]
    [InlineData("merge", null)]
    [InlineData("cat", null)]
    [InlineData("svd", null)]
    [InlineData("linear", null)]
    [InlineData("ties", 0.5)]
    [InlineData("dare_linear", 0.5)]
    [InlineData("dare_ties", 0.5)]
    [InlineData("magnitude_prune", 0.5)]
    public void Two_adapters_of_patterns_are_combined_into_the_base_and_into_one_adapter_alike(string combination, double? density)
    {
        var run = new MergeRunOptions { Model = Base, Adapters = [Adapter("patterns", 1), Adapter("patterns", 2)], Weights = [0.7, -0.4], Combination = combination, Density = density, OutputDir = _folder.File("merged") };
        Merge(run);
        Merge(run with { OutputDir = _folder.File("sum"), SaveAdapter = true });
        var again = Merge(new() { Model = Base, Adapters = [_folder.File("sum")], OutputDir = _folder.File("again") });
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in Weights("merged")) Assert.InRange(TensorCompare.RelativeToMax(weight, Weights("again")[name]), 0, 1e-6);
    }

    [Fact]
    public void An_adapter_whose_start_took_a_part_of_the_base_becomes_a_plain_one_of_twice_the_rank()
    {
        var pissa = Adapter("pissa", 1);
        Merge(new() { Model = Base, Adapters = [pissa], OutputDir = _folder.File("plain"), SaveAdapter = true });
        var plain = AdapterConfigFile.Read(_folder.File("plain")).Options;
        Assert.Equal((8, new KaimingStart()), (plain.Rank, plain.Start));
        Merge(new() { Model = Base, Adapters = [pissa], OutputDir = _folder.File("one") });
        Merge(new() { Model = Base, Adapters = [_folder.File("plain")], OutputDir = _folder.File("other") });
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in Weights("one")) Assert.InRange(TensorCompare.RelativeToMax(weight, Weights("other")[name]), 0, 1e-5);
        // The weights that it learnt on are those that it computes with, start included.
        using var loaded = PolicyLoader.Load(Base, pissa, ScalarType.Float32, CPU);
        loaded.Adapter!.Merge();
        foreach (var (name, weight) in ModelFolder.BaseParameters(loaded.Model)) Assert.InRange(TensorCompare.RelativeToMax(weight, Weights("one")[name]), 0, 1e-5);
    }

    [Fact]
    public void A_bias_of_B_without_a_place_in_the_base_is_refused_by_its_path()
    {
        TinyModelFolder.Create(Directory.CreateDirectory(_folder.File("unbiased")).FullName, TinyLlama.Config, 3);
        var fault = Assert.Throws<ConfigurationException>(() => Merge(new() { Model = _folder.File("unbiased"), Adapters = [Adapter("bias of B", 1, TinyLlama.Config)], OutputDir = _folder.File("out") }));
        Assert.Contains("lora_bias gives model.layers.0.self_attn.q_proj a bias", fault.Message, StringComparison.Ordinal);
    }

    private static MergeReport Merge(MergeRunOptions options) => MergeRecipe.Run(options, _ => { }, TestContext.Current.CancellationToken);

    // A fresh adapter moved a little in all that it trains.
    private string Adapter(string variant, int seed, LlamaConfig? shape = null)
    {
        var folder = _folder.File($"{variant}-{seed}");
        if (Directory.Exists(folder)) return folder;
        var adapter = new LoraAdapter(Variants[variant]);
        using var model = TinyLlama.Create(shape ?? Shape, 3, adapter.Around(DenseProjection.Create));
        adapter.Lay(model);
        adapter.Initialize(seed);
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed, CPU);
            foreach (var parameter in adapter.Parameters) parameter.add_(randn(parameter.shape, generator: generator) * 0.05);
        }
        AdapterFolder.Save(Directory.CreateDirectory(folder).FullName, adapter, Base, origin: null);
        return folder;
    }

    private Dictionary<string, Tensor> Weights(string folder)
    {
        using var checkpoint = Checkpoint.Open(_folder.File(folder));
        return checkpoint.Names.ToDictionary(name => name, name => checkpoint.Read(name));
    }
}
