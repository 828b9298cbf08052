using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Recipes.Merging;
using AlignSharp.Recipes.Merging.Combinations;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Recipes.Merging;

/// <summary>PEFT's combinations against the real PEFT (golden/qlora/README.md, kind <c>weighted</c>).</summary>
public class AdapterCombinationTests
{
    [Theory]
    [InlineData("linear", "linear", null)]
    [InlineData("ties_total", "ties", null)]
    [InlineData("ties_frequency", "ties", "frequency")]
    [InlineData("magnitude_prune", "magnitude_prune", null)]
    [InlineData("svd", "svd", null)]
    public void A_combination_equals_pefts(string name, string combination, string? signs)
    {
        using var scope = NewDisposeScope();
        using var golden = SafetensorsFile.Open(Golden.Path("qlora/lora_cases.safetensors"));
        Tensor Read(string field) => golden.Read($"weighted.{field}");
        var options = Options(combination) with { Density = combination is "linear" or "svd" ? null : 0.5, MajoritySignMethod = signs, SvdRank = combination == "svd" ? 4 : null };
        var (a, b) = Combine(options, new WeightedFactors(Read("a1.A"), Read("a1.B"), 0.7, 2), new WeightedFactors(Read("a2.A"), Read("a2.B"), -0.4, 3));
        Assert.InRange(TensorCompare.RelativeToMax(Read($"{name}.delta"), b.mm(a)), 0, 1e-5);
        if (combination == "svd") return; // any basis
        Assert.InRange(TensorCompare.RelativeToMax(Read($"{name}.A"), a), 0, 1e-6);
        Assert.InRange(TensorCompare.RelativeToMax(Read($"{name}.B"), b), 0, 1e-6);
    }

    [Fact]
    public void Random_pruning_keeps_its_share_makes_up_for_the_rest_and_repeats_with_the_seed()
    {
        using var scope = NewDisposeScope();
        var (ones, identity) = (torch.ones(100, 100), eye(100));
        var options = Options("dare_linear") with { Density = 0.3 };
        var (a, _) = Combine(options, new WeightedFactors(ones, identity, 1, 1));
        var kept = a.ne(0).to(ScalarType.Float32).mean().item<float>();
        Assert.Equal(0.3, kept, 5 * Math.Sqrt(0.3 * 0.7 / 10000));
        Assert.Equal(1 / 0.3, a.max().item<float>(), 1e-5);
        Assert.Equal(0, TensorCompare.Absolute(a, Combine(options, new WeightedFactors(ones, identity, 1, 1)).A));
        // Alone, an adapter agrees with itself.
        Assert.Equal(0, TensorCompare.Absolute(a, Combine(options with { Combination = "dare_ties" }, new WeightedFactors(ones, identity, 1, 1)).A));
    }

    [Fact]
    public void With_all_kept_and_no_election_pruning_is_linear()
    {
        using var scope = NewDisposeScope();
        WeightedFactors[] parts = [new(rand(2, 5), rand(4, 2), 0.5, 2), new(rand(2, 5), rand(4, 2), -1, 1)];
        var (a, b) = Combine(Options("linear"), parts);
        foreach (var name in new[] { "magnitude_prune", "dare_linear" })
        {
            var (otherA, otherB) = Combine(Options(name) with { Density = 1 }, parts);
            Assert.InRange(TensorCompare.Absolute(a, otherA), 0, 1e-6);
            Assert.InRange(TensorCompare.Absolute(b, otherB), 0, 1e-6);
        }
    }

    [Fact]
    public void Factors_of_different_ranks_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var fault = Assert.Throws<ConfigurationException>(() => Combine(Options("linear"), new WeightedFactors(rand(2, 5), rand(4, 2), 1, 1), new WeightedFactors(rand(3, 5), rand(4, 3), 1, 1)));
        Assert.Contains("combination: linear needs adapters of one rank, and these have 2, 3", fault.Message, StringComparison.Ordinal);
    }

    private static MergeRunOptions Options(string combination) => new() { Model = "m", OutputDir = "o", Combination = combination };

    private static (Tensor A, Tensor B) Combine(MergeRunOptions options, params WeightedFactors[] parts)
    {
        using var generator = new Generator(1, CPU);
        return options.CombinationOf()!.Combine(parts, generator);
    }
}
