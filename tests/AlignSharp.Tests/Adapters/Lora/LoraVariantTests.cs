using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
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

/// <summary>What holds for every variant of an adapter, on a whole model.</summary>
public class LoraVariantTests
{
    private static readonly LlamaConfig Shape = TinyLlama.Config with { AttentionBias = true };

    internal static readonly Dictionary<string, LoraOptions> Variants = new()
    {
        ["patterns"] = new LoraOptions
        {
            Rank = 4,
            RankPattern = new PatternTable<int>([KeyValuePair.Create(@"layers\.1\..*", 2)], "rank_pattern"),
            AlphaPattern = new PatternTable<double>([KeyValuePair.Create("down_proj", 1.5)], "alpha_pattern"),
            Targets = new AllLinearTargets(),
        },
        ["dora"] = new LoraOptions { Rank = 4, Decomposed = true, Targets = new AllLinearTargets() },
        ["dora on the head"] = new LoraOptions { Rank = 2, Decomposed = true, RankStabilized = true, Targets = new NamedTargets(["lm_head", "q_proj"]) },
        ["bias of B"] = new LoraOptions { Rank = 2, HasBiasOfB = true },
        ["bias all"] = new LoraOptions { Rank = 2, Bias = LoraBias.All, Targets = new NamedTargets(["q_proj", "down_proj"]) },
        ["bias of targets and dora"] = new LoraOptions { Rank = 2, Bias = LoraBias.LoraOnly, Decomposed = true },
        ["saved modules"] = new LoraOptions { Rank = 2, ModulesToSave = ["lm_head", "embed_tokens", "norm", "o_proj", "layernorm"] },
        ["embedding"] = new LoraOptions { Rank = 2, Targets = new NamedTargets(["embed_tokens", "q_proj"]) },
        ["gaussian"] = new LoraOptions { Rank = 2, Start = new GaussianStart() },
        ["orthogonal"] = new LoraOptions { Rank = 4, Start = new OrthogonalStart() },
        ["pissa"] = new LoraOptions { Rank = 4, Start = new PissaStart(Iterations: null) },
        ["fast pissa"] = new LoraOptions { Rank = 4, Start = new PissaStart(Iterations: 4) },
        ["olora and dora"] = new LoraOptions { Rank = 4, Decomposed = true, Start = new OloraStart() },
    };

    public static TheoryData<string> Names => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fresh_adapter_changes_nothing(string variant)
    {
        using var scope = NewDisposeScope();
        using var plain = TinyLlama.Create(Shape, 3);
        using var adapted = Adapted(Variants[variant], out var adapter);
        adapter.Initialize(1);
        // Where neither factor is zero, their product, or what it takes from the base, rounds.
        Assert.InRange(TensorCompare.Absolute(Logits(plain), Logits(adapted)), 0, adapter.Options.Start is GaussianStart or KaimingStart ? 0 : 3e-6);
        using (adapter.Switch(AdapterUse.Off)) Assert.InRange(TensorCompare.Absolute(Logits(plain), Logits(adapted)), 0, 3e-6);
        Assert.NotEmpty(adapter.Paths);
    }

    [Fact]
    public void A_start_like_linear_layers_changes_the_model()
    {
        using var scope = NewDisposeScope();
        using var plain = TinyLlama.Create(Shape, 3);
        using var adapted = Adapted(new LoraOptions { Start = new UniformStart(), HasBiasOfB = true }, out var adapter);
        adapter.Initialize(1);
        Assert.InRange(TensorCompare.Absolute(Logits(plain), Logits(adapted)), 1e-3, double.PositiveInfinity);
        foreach (var (name, value) in adapter.Trained)
        {
            var bound = 1 / Math.Sqrt(name.EndsWith("lora_A.weight", StringComparison.Ordinal) ? 32 : 8);
            Assert.InRange(value.abs().max().item<float>(), 0.5 * bound, bound);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Off_is_the_base_the_reference_is_what_was_frozen_and_the_policy_what_is_trained(string variant)
    {
        using var scope = NewDisposeScope();
        using var plain = TinyLlama.Create(Shape, 3);
        using var model = Adapted(Variants[variant], out var adapter);
        adapter.Initialize(1);
        Disturb(adapter, 0.02);
        adapter.FreezeReference();
        var frozen = Logits(model);
        Disturb(adapter, 0.02);
        Assert.InRange(TensorCompare.Absolute(frozen, Logits(model)), 1e-4, double.PositiveInfinity);
        using (adapter.Switch(AdapterUse.Reference)) Assert.Equal(0, TensorCompare.Absolute(frozen, Logits(model)));
        using (adapter.Switch(AdapterUse.Off)) Assert.InRange(TensorCompare.Absolute(Logits(plain), Logits(model)), 0, adapter.Options.Start.ChangesBase ? 3e-6 : 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merged_equals_unmerged(string variant)
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(Variants[variant], out var adapter);
        adapter.Initialize(1);
        Disturb(adapter, 0.05);
        var before = Logits(model);
        adapter.Merge();
        Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
        using (adapter.Switch(AdapterUse.Off)) Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
        adapter.Merge();
        Assert.InRange(TensorCompare.RelativeToMax(before, Logits(model)), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_trained_has_the_gradient_of_finite_differences(string variant)
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(Variants[variant], out var adapter);
        adapter.Initialize(1);
        Disturb(adapter, 0.05);
        var weights = rand(5, Shape.VocabularySize, ScalarType.Float64);
        double Value()
        {
            using var noGradient = no_grad();
            using var inner = NewDisposeScope();
            return (Recorded(model).to(ScalarType.Float64) * weights).sum().item<double>();
        }
        Backpropagation.Run((Recorded(model).to(ScalarType.Float64) * weights).sum());
        foreach (var (name, value) in adapter.Trained)
        {
            // DoRA holds the length constant for A and B, which a difference cannot.
            if (adapter.Options.Decomposed && (name.EndsWith("lora_A.weight", StringComparison.Ordinal) || name.EndsWith("lora_B.weight", StringComparison.Ordinal))) continue;
            var slopes = value.grad!.contiguous().view(-1);
            Assert.Equal(ScalarType.Float32, value.grad!.dtype);
            var steepest = slopes.abs().argmax().item<long>();
            using var noGradient = no_grad();
            var element = value.view(-1)[steepest];
            var middle = element.item<float>();
            element.fill_(middle + 0.002f);
            var above = Value();
            element.fill_(middle - 0.002f);
            var difference = (above - Value()) / 0.004;
            element.fill_(middle);
            Assert.InRange(slopes[steepest].item<float>(), difference - 0.01 * Math.Abs(difference) - 0.05, difference + 0.01 * Math.Abs(difference) + 0.05);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Recomputed_layers_give_the_same_gradients(string variant)
    {
        using var scope = NewDisposeScope();
        Tensor[] Gradients(bool recomputes)
        {
            using var model = Adapted(Variants[variant] with { Dropout = 0.1 }, out var adapter);
            adapter.Initialize(1);
            random.manual_seed(5);
            Disturb(adapter, 0.05);
            model.train();
            model.RecomputesActivations = recomputes;
            random.manual_seed(7);
            Backpropagation.Run(Recorded(model).pow(2).sum());
            return [.. adapter.Parameters.Select(p => p.grad!.clone())];
        }
        foreach (var (one, other) in Gradients(false).Zip(Gradients(true))) Assert.Equal(0, TensorCompare.Absolute(one, other));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void On_a_bfloat16_base_everything_trained_is_float32(string variant)
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(Variants[variant], out var adapter, ScalarType.BFloat16);
        adapter.Initialize(1);
        Assert.All(adapter.Parameters, p => Assert.Equal(ScalarType.Float32, p.dtype));
        using var plain = TinyLlama.Create(Shape, 3, type: ScalarType.BFloat16);
        Assert.InRange(TensorCompare.RelativeToMax(Logits(plain), Logits(model)), 0, 0.03);
        Disturb(adapter, 0.02);
        Backpropagation.Run(Recorded(model).to(ScalarType.Float32).pow(2).sum());
        Assert.All(adapter.Parameters, p => Assert.Equal(ScalarType.Float32, p.grad!.dtype));
    }

    [Fact]
    public void An_embedding_that_is_the_output_head_takes_no_adapter()
    {
        var tied = Shape with { TieWordEmbeddings = true };
        foreach (var options in new[] { new LoraOptions { ModulesToSave = ["embed_tokens"] }, new LoraOptions { Targets = new NamedTargets(["embed_tokens"]) } })
        {
            var adapter = new LoraAdapter(options);
            using var model = TinyLlama.Create(tied, 3, adapter.Around(DenseProjection.Create));
            Assert.Contains("tie_word_embeddings", Assert.Throws<ConfigurationException>(() => adapter.Lay(model)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Dora_is_refused_for_an_embedding_by_name()
    {
        var adapter = new LoraAdapter(new LoraOptions { Decomposed = true, Targets = new NamedTargets(["embed_tokens"]) });
        using var model = TinyLlama.Create(Shape, 3, adapter.Around(DenseProjection.Create));
        Assert.Contains("use_dora", Assert.Throws<ConfigurationException>(() => adapter.Lay(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_beyond_the_weight_is_refused_where_the_start_is_a_part_of_it()
    {
        using var model = Adapted(new LoraOptions { Rank = 33, Start = new OloraStart() }, out var adapter);
        Assert.Contains("lora_r: 33", Assert.Throws<ConfigurationException>(() => adapter.Initialize(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Norms_that_are_kept_between_passes_follow_the_factors()
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(Variants["dora"], out var adapter);
        adapter.Initialize(1);
        for (var round = 0; round < 2; round++)
        {
            Disturb(adapter, 0.05);
            // With a gradient nothing is kept.
            Assert.Equal(0, TensorCompare.Absolute(Recorded(model), Logits(model)));
            Assert.Equal(0, TensorCompare.Absolute(Recorded(model), Logits(model)));
        }
    }

    [Fact]
    public void Gaussian_has_the_deviation_one_over_the_rank()
    {
        using var scope = NewDisposeScope();
        using var model = Adapted(new LoraOptions { Rank = 32, Start = new GaussianStart(), Targets = new AllLinearTargets() }, out var adapter);
        adapter.Initialize(1);
        Assert.All(adapter.Weights, w => Assert.InRange(w.A.std().item<float>(), 0.9 / 32, 1.1 / 32));
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj", 2)] // the first that matches counts
    [InlineData("model.layers.0.self_attn.q_proj", 3)]
    [InlineData("model.layers.0.self_attn.Xq_proj", 8)]
    [InlineData("model.layers.0.mlp.up_proj", 4)]
    [InlineData("lm_head", 5)]
    [InlineData("my_lm_head", 8)]
    public void A_rank_is_that_of_the_first_pattern_that_matches_the_end_of_the_path(string path, int rank) => Assert.Equal(rank, new LoraOptions
    {
        RankPattern = new PatternTable<int>([KeyValuePair.Create(@"^model.layers.1.self_attn.q_proj", 2), KeyValuePair.Create("q_proj", 3), KeyValuePair.Create("mlp.*", 4), KeyValuePair.Create("lm_head", 5)], "rank_pattern"),
    }.RankOf(path));

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj", true)]
    [InlineData("model.layers.0.self_attn.q_proj", false)]
    [InlineData("model.layers.11.self_attn.q_proj", false)]
    [InlineData("model.layers.2.self_attn.v_proj", true)] // named in full
    [InlineData("q_proj", true)] // this as well
    [InlineData("model.layers.1.self_attn.k_proj", false)] // excluded
    public void Layers_are_those_of_the_first_number_and_full_names_are_free_of_them(string path, bool adapts) => Assert.Equal(adapts, new LoraOptions
    {
        Targets = new NamedTargets(["q_proj", "k_proj", "model.layers.2.self_attn.v_proj"]),
        Excluded = new NamedTargets(["k_proj"]),
        Layers = new LayerSelection([1, 3], []),
    }.Adapts(path));

    internal static LlamaModel Adapted(LoraOptions options, out LoraAdapter adapter, ScalarType type = ScalarType.Float32, ScalarType adapterType = ScalarType.Float32)
    {
        adapter = new LoraAdapter(options, adapterType);
        var model = TinyLlama.Create(Shape, 3, adapter.Around(DenseProjection.Create), type);
        adapter.Lay(model);
        model.eval();
        return model;
    }

    internal static void Disturb(LoraAdapter adapter, double size)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var parameter in adapter.Parameters) parameter.add_(randn_like(parameter) * size);
    }

    internal static Tensor Logits(LlamaModel model)
    {
        using var noGradient = no_grad();
        return Recorded(model);
    }

    internal static Tensor Recorded(LlamaModel model)
    {
        // Disposed with the test's scope: a backward pass reads its tensors.
        var batch = new TokenBatch(Packer.Pack([new TokenizedSequence([3, 14, 15, 92, 65], new bool[5], default)]), CPU);
        return model.Logits(model.Hidden(batch.Inputs, batch.Attention));
    }
}
