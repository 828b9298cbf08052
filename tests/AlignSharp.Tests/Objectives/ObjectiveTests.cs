using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Objectives;

/// <summary>What holds for every objective of the registry, whatever it computes.</summary>
public class ObjectiveTests
{
    private const double Beta = 0.3;
    private const double Smoothing = 0.2;

    public static TheoryData<string, string> Combinations => new(
        Registry.Names.SelectMany(name => Registry.KeysOf(name).Contains("f_divergence_type") ? Registry.DivergenceNames.Select(divergence => (name, divergence)) : [(name, "reverse_kl")]));

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Gradients_equal_finite_differences_in_float64(string name, string divergence)
    {
        foreach (var version in Enum.GetValues<LossVersion>())
            AssertGradients(() => Registry.Create(name, Parameters(divergence, version)));
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Margins_of_a_thousand_give_finite_losses_and_gradients(string name, string divergence)
    {
        float[] ends = [-1000, -100, -85, -44, 0, 44, 85, 100, 1000];
        foreach (var beta in new[] { 0.1, 1, 2.5 })
            foreach (var version in Enum.GetValues<LossVersion>())
            {
                using var scope = NewDisposeScope();
                var pairs = ends.SelectMany(chosen => ends.Select(rejected => (chosen, rejected))).ToArray();
                var policy = new PairLogps(tensor(pairs.Select(p => p.chosen).ToArray()).requires_grad_(), tensor(pairs.Select(p => p.rejected).ToArray()).requires_grad_());
                var result = Registry.Create(name, Parameters(divergence, version) with { Beta = beta }).Evaluate(Input(policy, new PairLogps(zeros(pairs.Length), zeros(pairs.Length))));
                var mean = result.Losses.mean();
                mean.backward();
                foreach (var values in new[] { result.Losses, mean, policy.Chosen.grad!, policy.Rejected.grad ?? zeros(1) })
                    Assert.True(isfinite(values).all().item<bool>(), $"{name}, {divergence}, beta {beta}, {version}: {values.ToString()}");
            }
    }

    [Theory]
    [InlineData("sigmoid", 0.6931471805599453)] // ln 2
    [InlineData("hinge", 1)]
    [InlineData("ipo", 2.7777777777777777)] // 1 / (2β)²
    [InlineData("exo_pair", 0.22314355131420976)] // −ln 2 − (ln 0.8 + ln 0.2) / 2
    [InlineData("nca_pair", 1.3862943611198906)] // 2 ln 2
    [InlineData("robust", 0.6931471805599453)]
    [InlineData("bco_pair", 1.3862943611198906)]
    [InlineData("sppo_hard", 5.555555555555555)] // 2 / (2β)²
    [InlineData("aot", 0.6931471805599453)]
    [InlineData("aot_unpaired", 0.6931471805599453)]
    [InlineData("aot_pair", 0.6931471805599453)]
    [InlineData("apo_zero", 1)]
    [InlineData("apo_down", 1)]
    [InlineData("discopop", 0.8465735902799727)] // (1 + ln 2) / 2
    [InlineData("sigmoid_norm", 0.6931471805599453)]
    public void The_loss_has_its_own_value_when_policy_equals_reference(string name, double value)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        Tensor Draw() => randn(5, dtype: ScalarType.Float64, generator: generator) * 40 - 100;
        var same = new PairLogps(Draw(), Draw());
        var result = Registry.Create(name, Parameters("reverse_kl", LossVersion.Trl19)).Evaluate(Input(same, same));
        Assert.InRange(TensorCompare.Absolute(full(5, value, dtype: ScalarType.Float64), result.Losses), 0, 1e-12);
        Assert.Equal(0, result.ChosenRewards.abs().max().item<double>());
    }

    [Fact]
    public void Cross_entropy_is_the_mean_over_the_batchs_chosen_tokens_and_of_plain_sums()
    {
        using var scope = NewDisposeScope();
        var logps = new PairLogps(Vector(-6.0, -9.0), Vector(-1.0, -1.0));
        var input = Input(logps, logps) with { Tokens = new PairCounts(Vector(2.0, 4.0), Vector(1.0, 1.0)), ChosenSum = Vector(-8.0, -10.0) };
        Assert.Equal([3.0, 3.0], new SftObjective().Evaluate(input).Losses.data<double>().ToArray());
        Assert.Equal([2.5, 2.5], new SftObjective().Evaluate(input with { ChosenSum = null }).Losses.data<double>().ToArray());
    }

    [Fact]
    public void A_mix_is_the_weighted_sum_of_its_parts_and_keeps_their_states()
    {
        using var scope = NewDisposeScope();
        var policy = new PairLogps(Vector(1.0, 2.0).requires_grad_(), Vector(0.5, -1.0).requires_grad_());
        var input = Input(policy, new PairLogps(zeros(2, ScalarType.Float64), zeros(2, ScalarType.Float64)));
        var mix = new MixedObjective([(new HingeObjective(Beta), 0.5), (new ShiftedBcoPairObjective(Beta), -2)]);
        var expected = new HingeObjective(Beta).Evaluate(input).Losses * 0.5 - new ShiftedBcoPairObjective(Beta).Evaluate(input).Losses * 2;
        Assert.InRange(TensorCompare.Absolute(expected, mix.Evaluate(input).Losses), 0, 1e-12);
        Assert.Equal(["1/running_mean", "1/rewards"], mix.State.Keys);
        var resumed = new WeightedObjective(new MixedObjective([(new HingeObjective(Beta), 0.5), (new ShiftedBcoPairObjective(Beta), -2)])) { State = mix.State };
        Assert.Equal(mix.State, resumed.State);
    }

    [Fact]
    public void The_running_mean_learns_from_batches_with_gradient_alone()
    {
        using var scope = NewDisposeScope();
        var objective = new ShiftedBcoPairObjective(1);
        PairLogps Ones(bool train) => new(ones(2).requires_grad_(train), ones(2).requires_grad_(train));
        var none = new PairLogps(zeros(2), zeros(2));
        objective.Evaluate(Input(Ones(train: false), none));
        Assert.Equal(0, objective.State["rewards"]);
        objective.Evaluate(Input(Ones(train: true), none));
        Assert.Equal(1, objective.State["running_mean"]);
        Assert.Throws<ArgumentException>(() => objective.State = new Dictionary<string, double> { ["mean"] = 1 });
    }

    [Fact]
    public void Weights_multiply_losses_and_no_gradient_flows_through_them()
    {
        using var scope = NewDisposeScope();
        var policy = new PairLogps(Vector(1.0, 2.0), Vector(0.0, 0.0));
        var input = Input(policy, new PairLogps(zeros(2, ScalarType.Float64), zeros(2, ScalarType.Float64))) with { LogWeights = Vector(Math.Log(0.25), Math.Log(3)) };
        Assert.Equal([0.7 * 0.25, 0.4 * 3], new WeightedObjective(new HingeObjective(Beta)).Evaluate(input).Losses.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.7 * 0.25, 0.4], new WeightedObjective(new HingeObjective(Beta), atMostOne: true).Evaluate(input).Losses.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Throws<ArgumentException>(() => new WeightedObjective(new HingeObjective(Beta)).Evaluate(input with { LogWeights = null }));
    }

    [Fact]
    public void Unknown_names_and_parameters_out_of_range_are_refused()
    {
        Assert.Throws<KeyNotFoundException>(() => Registry.Create("sigmod", new ObjectiveParameters()));
        Assert.ThrowsAny<ArgumentException>(() => Registry.Create("exo_pair", new ObjectiveParameters()));
        foreach (var name in Registry.Names) Assert.ThrowsAny<ArgumentException>(() => Registry.Create(name, new ObjectiveParameters(0, Smoothing)));
    }

    /// <summary>Compares the gradient of losses, each weighed otherwise, with finite differences. The objective is made anew for each call, because it may have a state.</summary>
    internal static void AssertGradients(Func<IPreferenceObjective> create)
    {
        const int Pairs = 6;
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor Draw() => randn(Pairs, dtype: ScalarType.Float64, generator: generator) * 1.5;
        var (policy, reference, weights) = (new PairLogps(Draw().requires_grad_(), Draw().requires_grad_()), new PairLogps(Draw(), Draw()), arange(1, Pairs + 1, dtype: ScalarType.Float64));
        IReadOnlyDictionary<string, double>? state = null;
        Tensor Losses(Tensor chosen, Tensor rejected)
        {
            var objective = create();
            if (state is not null) ((IStatefulObjective)objective).State = state;
            var losses = objective.Evaluate(Input(new PairLogps(chosen, rejected), reference)).Losses;
            if (chosen.requires_grad) state = (objective as IStatefulObjective)?.State;
            return losses * weights;
        }
        Losses(policy.Chosen, policy.Rejected).sum().backward();
        using var noGradient = no_grad();
        const double Step = 1e-5;
        var (chosen, rejected) = (policy.Chosen.detach(), policy.Rejected.detach());
        // Differences first, so that losses that do not move add no rounding.
        double Slope(Tensor ofChosen, Tensor ofRejected) => (Losses(chosen + ofChosen, rejected + ofRejected) - Losses(chosen - ofChosen, rejected - ofRejected)).sum().item<double>() / (2 * Step);
        for (var i = 0; i < Pairs; i++)
        {
            var (nudge, none) = (zeros(Pairs, ScalarType.Float64), zeros(Pairs, ScalarType.Float64));
            nudge[i] = Step;
            foreach (var (slope, values) in new[] { (Slope(nudge, none), policy.Chosen), (Slope(none, nudge), policy.Rejected) })
                Assert.Equal(slope, values.grad is { } gradient ? gradient[i].item<double>() : 0, 1e-6 * Math.Max(1, Math.Abs(slope)));
        }
    }

    private static ObjectiveParameters Parameters(string divergence, LossVersion version) =>
        new(Beta, Smoothing) { DivergenceType = divergence, AlphaDivergenceCoefficient = 0.7, DiscopopTau = 0.4, Version = version };

    private static Tensor Vector(params double[] values) => tensor(values);

    // Completions of other lengths, so that what counts tokens shows it.
    private static ObjectiveInput Input(PairLogps policy, PairLogps reference)
    {
        var pairs = policy.Chosen.size(0);
        var tokens = arange(1, pairs + 1, dtype: policy.Chosen.dtype);
        return new ObjectiveInput(policy, reference, new PairCounts(tokens, tokens + 2));
    }
}
