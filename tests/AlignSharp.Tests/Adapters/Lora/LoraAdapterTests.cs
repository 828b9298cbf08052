using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Adapters.Lora;

public class LoraAdapterTests
{
    [Fact]
    public void A_fresh_adapter_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var plain = TinyLlama.Create(TinyLlama.Config, 3);
        using var adapted = Adapted(new LoraOptions { Targets = new AllLinearTargets() }, out var adapter);
        adapter.Initialize(1);
        Assert.Equal(0, TensorCompare.Absolute(Logits(plain), Logits(adapted)));
        Assert.Equal(14, adapter.Paths.Count);
        Assert.All(adapter.Parameters, p => Assert.True(p.requires_grad));
        Assert.All(ModelFolder.BaseParameters(adapted), p => Assert.False(p.Value.requires_grad));
    }

    [Fact]
    public void A_starts_uniform_within_one_over_root_in_and_depends_on_the_seed()
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(new LoraOptions { Rank = 32, Targets = new NamedTargets(["q_proj", "down_proj"]) }, out var adapter);
        adapter.Initialize(1);
        var first = adapter.Weights.Select(w => w.A.clone()).ToArray();
        foreach (var (path, a, b) in adapter.Weights)
        {
            var bound = 1 / Math.Sqrt(path.EndsWith("down_proj", StringComparison.Ordinal) ? 48 : 32);
            Assert.InRange(a.abs().max().item<float>(), 0.98 * bound, bound);
            Assert.InRange(a.mean().item<float>(), -0.1 * bound, 0.1 * bound);
            Assert.Equal(bound / Math.Sqrt(3), a.std().item<float>(), 0.05 * bound);
            Assert.Equal(0, b.abs().max().item<float>());
        }
        Assert.NotEqual(0, TensorCompare.Absolute(first[0], first[2]));
        adapter.Initialize(2);
        Assert.NotEqual(0, TensorCompare.Absolute(first[0], adapter.Weights.First().A));
        adapter.Initialize(1);
        Assert.Equal(0, TensorCompare.Absolute(first[0], adapter.Weights.First().A));
    }

    [Fact]
    public void Dropout_acts_on_the_policy_in_training_only()
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(new LoraOptions { Dropout = 0.5, Targets = new AllLinearTargets() }, out var adapter);
        Fill(adapter);
        adapter.FreezeReference();
        model.eval();
        var still = Logits(model);
        model.train();
        Assert.NotEqual(0, TensorCompare.Absolute(still, Logits(model)));
        Assert.NotEqual(0, TensorCompare.Absolute(Logits(model), Logits(model)));
        using (adapter.Switch(AdapterUse.Reference)) Assert.Equal(0, TensorCompare.Absolute(still, Logits(model)));
        using (adapter.Switch(AdapterUse.Off)) Assert.Equal(0, TensorCompare.Absolute(Logits(model), Logits(model)));
        model.eval();
        Assert.Equal(0, TensorCompare.Absolute(still, Logits(model)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Merged_equals_unmerged(bool rankStabilized)
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(new LoraOptions { Rank = 4, Alpha = 12, RankStabilized = rankStabilized, Targets = new AllLinearTargets() }, out var adapter);
        Fill(adapter);
        var before = Logits(model);
        adapter.Merge();
        Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
        using (adapter.Switch(AdapterUse.Off)) Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
        adapter.Merge();
        Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
    }

    [Fact]
    public void A_reference_that_was_not_frozen_is_an_error_and_switches_nest()
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(new LoraOptions(), out var adapter);
        using (adapter.Switch(AdapterUse.Reference))
        {
            Assert.Throws<InvalidOperationException>(() => Logits(model));
            using (adapter.Switch(AdapterUse.Off)) Assert.Equal(AdapterUse.Off, adapter.Use);
            Assert.Equal(AdapterUse.Reference, adapter.Use);
        }
        Assert.Equal(AdapterUse.Policy, adapter.Use);
    }

    [Fact]
    public void A_rank_of_zero_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new LoraAdapter(new LoraOptions { Rank = 0 }));

    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj", "q_proj", true)]
    [InlineData("model.layers.0.self_attn.q_proj", "self_attn.q_proj", true)]
    [InlineData("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData("model.layers.0.self_attn.q_proj", "proj", false)]
    [InlineData("model.layers.0.self_attn.q_proj", "attn.q_proj", false)]
    [InlineData("model.layers.0.self_attn.q_proj", "Q_proj", false)]
    [InlineData("model.layers.0.self_attn.q_proj", "self_attn", false)]
    [InlineData("lm_head", "lm_head", true)]
    public void Names_match_whole_path_ends(string path, string name, bool matches) => Assert.Equal(matches, new NamedTargets(["other", name]).Matches(Site(path)));

    [Theory]
    [InlineData(@".*\.q_proj", true)]
    [InlineData(@"q_proj", false)]
    [InlineData(@".*\.layers\.0\.(self_attn|mlp)\.(q|down)_proj", true)]
    [InlineData(@"model|.*q_pro", false)]
    [InlineData(@"(?!.*layers\.1).*q_proj", true)]
    public void A_pattern_matches_the_whole_path(string pattern, bool matches) => Assert.Equal(matches, new PatternTargets(pattern).Matches(Site("model.layers.0.self_attn.q_proj")));

    [Fact]
    public void A_pattern_that_never_ends_is_refused() =>
        Assert.Contains("takes too long", Assert.Throws<ConfigurationException>(() => new PatternTargets("(([a-z_.0-9]+)+)+!").Matches(Site("model.layers.0.self_attn.q_proj"))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_linear_leaves_the_output_head_out()
    {
        Assert.True(new AllLinearTargets().Matches(Site("model.layers.0.mlp.up_proj")));
        Assert.False(new AllLinearTargets().Matches(Site("lm_head")));
        Assert.True(LoraTargets.Default.Matches(Site("model.layers.7.self_attn.v_proj")));
        Assert.False(LoraTargets.Default.Matches(Site("model.layers.7.self_attn.k_proj")));
    }

    private static ProjectionSite Site(string path) => new(path, 1, 1, false, path == "lm_head", ScalarType.Float32, CPU);

    private static LlamaModel Adapted(LoraOptions options, out LoraAdapter adapter)
    {
        adapter = new LoraAdapter(options);
        var model = TinyLlama.Create(TinyLlama.Config, 3, adapter.Around(DenseProjection.Create));
        model.eval();
        return model;
    }

    private static void Fill(LoraAdapter adapter)
    {
        using var noGradient = no_grad();
        foreach (var parameter in adapter.Parameters) parameter.normal_(0, 0.1);
    }

    private static Tensor Logits(LlamaModel model)
    {
        using var noGradient = no_grad();
        using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence([3, 14, 15, 92, 65], new bool[5], default)]), CPU);
        return model.Logits(model.Hidden(batch.Inputs, batch.Attention));
    }
}
