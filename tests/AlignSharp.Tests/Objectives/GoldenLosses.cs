using System.Globalization;
using System.Text.Json;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Objectives;

/// <summary>Losses that TRL 1.9.0, 0.13.0, 0.7.1 and eric-mitchell/direct-preference-optimization computed from sequence log-probabilities (golden/trl/README.md).</summary>
internal static class GoldenLosses
{
    public const string Current = "trl/losses/logps_level_trl_v1.9.0.json";
    public const string Older = "trl/losses/logps_level_old.json";

    private static readonly string[] PairKeys = ["per_example_loss", "grad_mean_loss_wrt_policy_chosen_logps", "grad_mean_loss_wrt_policy_rejected_logps"];

    public static List<GoldenComparison> Compare(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(file)));
        var inputs = json.RootElement.GetProperty("inputs");
        return [.. json.RootElement.GetProperty("records").EnumerateArray().Where(record => !record.TryGetProperty("running_mean_after", out _)).Select(record => Compare(inputs, record))];
    }

    /// <summary>How far our float32 and the original's are from the same in float64.</summary>
    public static (double Ours, double Originals) CompareWithFloat64(string file, string name)
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(file)));
        var record = json.RootElement.GetProperty("records").EnumerateArray().First(record => !record.TryGetProperty("running_mean_after", out _) && NameOf(record, Losses(record), Parameters(record)) == name);
        double[][] Evaluate(ScalarType type)
        {
            var given = Inputs(json.RootElement.GetProperty("inputs").GetProperty(record.GetProperty("inputs").GetString()!), record, type);
            var losses = Mix(Losses(record), Parameters(record)).Evaluate(given).Losses;
            losses.mean().backward();
            return [.. new[] { losses, given.Policy.Chosen.grad!, given.Policy.Rejected.grad! }.Select(values => values.detach().to(ScalarType.Float64).data<double>().ToArray())];
        }
        var (ours, originals) = (new GoldenComparison("", name), new GoldenComparison("", name));
        var given = PairKeys.Select(key => Numbers(record, key));
        foreach (var ((wide, narrow), original) in Evaluate(ScalarType.Float64).Zip(Evaluate(ScalarType.Float32)).Zip(given))
        {
            ours.Add("float32", tensor(narrow), wide);
            originals.Add("original", tensor(original.Zip(wide).Select(pair => double.IsFinite(pair.First) ? pair.First : pair.Second).ToArray()), wide);
        }
        return (ours.Error, originals.Error);
    }

    /// <summary>The three calls of TRL 0.13's <c>bco_pair</c> on one trainer.</summary>
    public static List<GoldenComparison> CompareRunningMean()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(Older)));
        var comparisons = new List<GoldenComparison>();
        foreach (var calls in json.RootElement.GetProperty("records").EnumerateArray().Where(record => record.TryGetProperty("running_mean_after", out _)).GroupBy(record => record.GetProperty("inputs").GetString()!))
        {
            var objective = new ShiftedBcoPairObjective(0.1);
            foreach (var (call, record) in calls.Index())
            {
                using var scope = NewDisposeScope();
                var given = Inputs(json.RootElement.GetProperty("inputs").GetProperty(calls.Key), record);
                var moved = given with { Policy = new PairLogps((given.Policy.Chosen.detach() + call).requires_grad_(), (given.Policy.Rejected.detach() - call).requires_grad_()) };
                var comparison = new GoldenComparison("bco_pair", $"trl 0.13.0 bco_pair, call {call + 1} on {calls.Key}");
                comparison.Add("losses", objective.Evaluate(moved).Losses, Numbers(record, "per_example_loss"));
                comparison.Add("mean", tensor(objective.State["running_mean"]), Number(record.GetProperty("running_mean_after")));
                comparisons.Add(comparison);
            }
        }
        return comparisons;
    }

    private static GoldenComparison Compare(JsonElement inputs, JsonElement record)
    {
        using var scope = NewDisposeScope();
        var losses = Losses(record);
        var parameters = Parameters(record);
        var comparison = new GoldenComparison(string.Join(" + ", losses.Select(loss => loss.Name)), NameOf(record, losses, parameters));
        var given = Inputs(inputs.GetProperty(record.GetProperty("inputs").GetString()!), record);
        var objective = Mix(losses, parameters);
        var result = objective.Evaluate(given);
        comparison.Add("mean loss", result.Losses.mean(), Number(record.GetProperty("mean_loss")));
        if (record.GetProperty("per_example_loss").ValueKind == JsonValueKind.Array) comparison.AddLosses(result.Losses, Numbers(record, "per_example_loss"));
        result.Losses.mean().backward();
        comparison.Add("gradient of chosen", given.Policy.Chosen.grad ?? zeros(8), Numbers(record, "grad_mean_loss_wrt_policy_chosen_logps"));
        comparison.Add("gradient of rejected", given.Policy.Rejected.grad ?? zeros(8), Numbers(record, "grad_mean_loss_wrt_policy_rejected_logps"));
        CompareRewards(comparison, record, result);
        return comparison;
    }

    private static void CompareRewards(GoldenComparison comparison, JsonElement record, ObjectiveResult result)
    {
        // The originals still measure reference_free rewards against the reference that the loss leaves out; here there is none.
        if (record.TryGetProperty("chosen_rewards", out _) && !IsReferenceFree(record))
        {
            comparison.Add("chosen rewards", result.ChosenRewards, Numbers(record, "chosen_rewards"));
            comparison.Add("rejected rewards", result.RejectedRewards, Numbers(record, "rejected_rewards"));
        }
        if (!record.TryGetProperty("metrics", out var metrics)) return;
        comparison.Add("rewards/chosen", result.ChosenRewards.mean(), Number(metrics.GetProperty("rewards/chosen")));
        comparison.Add("rewards/rejected", result.RejectedRewards.mean(), Number(metrics.GetProperty("rewards/rejected")));
        comparison.Add("rewards/margins", (result.ChosenRewards - result.RejectedRewards).mean(), Number(metrics.GetProperty("rewards/margins")));
        comparison.Add("rewards/accuracies", result.ChosenRewards.gt(result.RejectedRewards).to(ScalarType.Float32).mean(), Number(metrics.GetProperty("rewards/accuracies")));
    }

    /// <summary>The objective of a record: one loss, or several with weights.</summary>
    public static IPreferenceObjective Mix(IReadOnlyList<(string Name, double Weight)> losses, ObjectiveParameters parameters) => losses.Count == 1
        ? Registry.Create(losses[0].Name, parameters)
        : new MixedObjective([.. losses.Select(loss => (Registry.Create(loss.Name, parameters), loss.Weight))]);

    /// <summary>The losses that a record names.</summary>
    public static List<(string Name, double Weight)> Losses(JsonElement record)
    {
        var loss = record.GetProperty("loss_type");
        if (loss.ValueKind == JsonValueKind.String) return [(loss.GetString()!, 1)];
        var weights = record.TryGetProperty("loss_weights", out var given) ? given.EnumerateArray().Select(Number) : Enumerable.Repeat(1.0, loss.GetArrayLength());
        return [.. loss.EnumerateArray().Select(name => name.GetString()!).Zip(weights)];
    }

    /// <summary>The parameters that a record gives.</summary>
    public static ObjectiveParameters Parameters(JsonElement record)
    {
        double? Optional(string key) => record.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        return new ObjectiveParameters(record.GetProperty("beta").GetDouble(), Optional("label_smoothing") ?? 0)
        {
            DivergenceType = record.TryGetProperty("f_divergence_type", out var divergence) ? divergence.GetString() ?? "reverse_kl" : "reverse_kl",
            AlphaDivergenceCoefficient = Optional("f_alpha_divergence_coef") ?? 0.5,
            DiscopopTau = Optional("discopop_tau") ?? 0.05,
            Version = !record.TryGetProperty("source", out var source) ? LossVersion.Trl19 : source.GetString()!.StartsWith("trl 0.13", StringComparison.Ordinal) ? LossVersion.Trl013 : LossVersion.Trl071,
        };
    }

    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static ObjectiveInput Inputs(JsonElement given, JsonElement record, ScalarType type = ScalarType.Float32)
    {
        Tensor Values(string key) => tensor(given.GetProperty(key).EnumerateArray().Select(value => (float)Number(value)).ToArray()).to(type);
        var (chosen, rejected) = (Values("ref_chosen_logps"), Values("ref_rejected_logps"));
        var reference = IsReferenceFree(record) ? new PairLogps(zeros_like(chosen), zeros_like(rejected)) : new PairLogps(chosen, rejected);
        // The older records of ipo take the given numbers for means already.
        var tokens = record.TryGetProperty("source", out _) ? new PairCounts(ones(8, dtype: type), ones(8, dtype: type)) : new PairCounts(Values("chosen_len"), Values("rejected_len"));
        return new ObjectiveInput(new PairLogps(Values("policy_chosen_logps").requires_grad_(), Values("policy_rejected_logps").requires_grad_()), reference, tokens);
    }

    private static bool IsReferenceFree(JsonElement record) => record.TryGetProperty("reference_free", out var free) && free.GetBoolean();

    private static double[] Numbers(JsonElement record, string key) => [.. record.GetProperty(key).EnumerateArray().Select(Number)];

    private static string NameOf(JsonElement record, List<(string Name, double Weight)> losses, ObjectiveParameters p)
    {
        var source = record.TryGetProperty("source", out var named) ? named.GetString()! : "trl 1.9.0";
        var divergence = p.DivergenceType == "alpha_divergence" ? FormattableString.Invariant($"alpha {p.AlphaDivergenceCoefficient}") : p.DivergenceType;
        return FormattableString.Invariant($"{source} {string.Join('+', losses.Select(loss => loss.Name))} {divergence} beta {p.Beta} smoothing {p.LabelSmoothing} tau {p.DiscopopTau} {record.GetProperty("inputs").GetString()}");
    }
}
