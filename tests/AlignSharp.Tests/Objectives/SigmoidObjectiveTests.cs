using System.Globalization;
using System.Text.Json;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Objectives;

/// <summary>Losses of TRL 1.9.0, TRL 0.13.0 and eric-mitchell/direct-preference-optimization (golden/trl/README.md).</summary>
public class SigmoidObjectiveTests
{
    private static readonly string[] Inputs = ["policy_chosen_logps", "policy_rejected_logps", "ref_chosen_logps", "ref_rejected_logps"];

    [Theory]
    [InlineData("trl/losses/logps_level_trl_v1.9.0.json", 4)]
    [InlineData("trl/losses/logps_level_old.json", 20)]
    public void Losses_gradients_and_rewards_equal_the_originals(string file, int least)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(file)));
        var records = json.RootElement.GetProperty("records").EnumerateArray().Where(IsPlainSigmoid).ToArray();
        Assert.InRange(records.Length, least, 1000);
        foreach (var record in records) AssertRecord(json.RootElement.GetProperty("inputs"), record);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void The_loss_is_ln_2_when_policy_equals_reference(double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        var same = new PairLogps(randn(5) * 40 - 100, randn(5) * 40 - 100);
        var losses = new SigmoidObjective(0.3, labelSmoothing).Evaluate(same, same).Losses;
        Assert.InRange(TensorCompare.Absolute(full(5, Math.Log(2)), losses), 0, 1e-6);
    }

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.7, 0.25)]
    public void Gradients_equal_finite_differences(double beta, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor Draw() => randn(6, dtype: ScalarType.Float64, generator: generator) * 3;
        var (policy, reference) = (new PairLogps(Draw(), Draw()), new PairLogps(Draw(), Draw()));
        var objective = new SigmoidObjective(beta, labelSmoothing);
        double Loss(Tensor chosen, Tensor rejected) => objective.Evaluate(new PairLogps(chosen, rejected), reference).Losses.sum().item<double>();
        policy.Chosen.requires_grad_();
        policy.Rejected.requires_grad_();
        objective.Evaluate(policy, reference).Losses.sum().backward();
        using var noGradient = no_grad();
        const double Step = 1e-6;
        for (var i = 0; i < 6; i++)
        {
            var nudge = zeros(6, dtype: ScalarType.Float64);
            nudge[i] = Step;
            Assert.Equal((Loss(policy.Chosen + nudge, policy.Rejected) - Loss(policy.Chosen - nudge, policy.Rejected)) / (2 * Step), policy.Chosen.grad![i].item<double>(), 1e-8);
            Assert.Equal((Loss(policy.Chosen, policy.Rejected + nudge) - Loss(policy.Chosen, policy.Rejected - nudge)) / (2 * Step), policy.Rejected.grad![i].item<double>(), 1e-8);
        }
    }

    [Fact]
    public void The_registry_makes_what_it_names()
    {
        using var scope = NewDisposeScope();
        foreach (var name in Registry.Names)
            Assert.NotNull(Registry.Create(name, new ObjectiveParameters()).Evaluate(new PairLogps(zeros(1), zeros(1)), new PairLogps(zeros(1), zeros(1))).Losses);
        Assert.Throws<KeyNotFoundException>(() => Registry.Create("sigmod", new ObjectiveParameters()));
    }

    private static void AssertRecord(JsonElement inputs, JsonElement record)
    {
        using var scope = NewDisposeScope();
        var given = inputs.TryGetProperty(record.GetProperty("inputs").GetString()!, out var named) ? named : inputs;
        var values = Inputs.Select(key => Values(given.GetProperty(key))).ToArray();
        if (record.TryGetProperty("reference_free", out var free) && free.GetBoolean()) (values[2], values[3]) = (zeros_like(values[2]), zeros_like(values[3]));
        var (chosen, rejected) = (values[0].requires_grad_(), values[1].requires_grad_());
        var result = new SigmoidObjective(record.GetProperty("beta").GetDouble(), record.GetProperty("label_smoothing").GetDouble())
            .Evaluate(new PairLogps(chosen, rejected), new PairLogps(values[2], values[3]));
        AssertNear(record, "per_example_loss", result.Losses);
        result.Losses.mean().backward();
        AssertNear(record, "grad_mean_loss_wrt_policy_chosen_logps", chosen.grad!);
        AssertNear(record, "grad_mean_loss_wrt_policy_rejected_logps", rejected.grad!);
        if (record.TryGetProperty("chosen_rewards", out _) && !(record.TryGetProperty("reference_free", out free) && free.GetBoolean()))
        {
            AssertNear(record, "chosen_rewards", result.ChosenRewards);
            AssertNear(record, "rejected_rewards", result.RejectedRewards);
        }
        if (record.TryGetProperty("metrics", out var metrics))
        {
            Assert.Equal(metrics.GetProperty("rewards/chosen").GetDouble(), result.ChosenRewards.mean().item<float>(), 1e-5);
            Assert.Equal(metrics.GetProperty("rewards/rejected").GetDouble(), result.RejectedRewards.mean().item<float>(), 1e-5);
        }
    }

    private static void AssertNear(JsonElement record, string key, Tensor actual)
    {
        var expected = record.GetProperty(key).EnumerateArray().Select(Number);
        foreach (var (wanted, found) in expected.Zip(actual.data<float>().ToArray()))
            Assert.True(Math.Abs(wanted - found) <= 1e-5 * Math.Abs(wanted) + 2e-7, $"{key}: {wanted} expected, {found} found, beta {record.GetProperty("beta")}");
    }

    private static bool IsPlainSigmoid(JsonElement record)
    {
        var loss = record.GetProperty("loss_type");
        var isSigmoid = loss.ValueKind == JsonValueKind.Array ? loss.GetArrayLength() == 1 && loss[0].GetString() == "sigmoid" : loss.GetString() == "sigmoid";
        return isSigmoid
            && (!record.TryGetProperty("f_divergence_type", out var divergence) || divergence.GetString() is null or "reverse_kl")
            && record.GetProperty("per_example_loss").ValueKind == JsonValueKind.Array;
    }

    private static Tensor Values(JsonElement list) => tensor(list.EnumerateArray().Select(v => (float)Number(v)).ToArray());

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.Parse(value.GetString()!, CultureInfo.InvariantCulture);
}
