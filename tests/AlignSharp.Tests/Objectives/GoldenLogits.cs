using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Objectives;

/// <summary>The same losses from logits on: summing, LD-DPO, WPO, the mixes with cross-entropy, and every metric of TRL (golden/trl/README.md).</summary>
internal static class GoldenLogits
{
    public const string Current = "trl/losses/logits_level_trl_v1.9.0.json";
    public const string Older = "trl/losses/logits_level_old.json";

    private const int Rows = 16;
    private const int Width = 10;
    private const int Vocabulary = 23;

    public static List<GoldenComparison> Compare(string file)
    {
        using var tensors = SafetensorsFile.Open(Golden.Path("trl/losses/logits_level.safetensors"));
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(file)));
        return [.. json.RootElement.GetProperty("records").EnumerateArray().Select(record => Compare(tensors, record, json.RootElement))];
    }

    private static GoldenComparison Compare(SafetensorsFile tensors, JsonElement record, JsonElement root)
    {
        using var scope = NewDisposeScope();
        var (losses, parameters) = (GoldenLosses.Losses(record), GoldenLosses.Parameters(record));
        var ldAlpha = record.TryGetProperty("ld_alpha", out var alpha) && alpha.ValueKind == JsonValueKind.Number ? alpha.GetDouble() : 1;
        var isWeighted = record.GetProperty("use_weighting").GetBoolean();
        var rpoAlpha = record.TryGetProperty("rpo_alpha", out var rpo) && rpo.ValueKind == JsonValueKind.Number ? rpo.GetDouble() : 0;
        if (rpoAlpha > 0) losses.Add(("sft", rpoAlpha));
        var name = string.Join(" + ", losses.Select(loss => loss.Name)) + (ldAlpha == 1 ? "" : " (ld_alpha)") + (isWeighted ? " (use_weighting)" : "");
        var comparison = new GoldenComparison(name, FormattableString.Invariant($"{(record.TryGetProperty("source", out _) ? "trl 0.13.0" : "trl 1.9.0")} logits {string.Join('+', losses.Select(loss => loss.Name))} beta {parameters.Beta} ld_alpha {ldAlpha} rpo_alpha {rpoAlpha} weighting {isWeighted}"));

        using var policyLogits = Logits(tensors, "policy_logits");
        using var referenceLogits = Logits(tensors, "ref_logits");
        policyLogits.requires_grad_();
        var batch = new ScoredTokens(tensors);
        var sum = new CompletionSum(ldAlpha);
        var reference = sum.Of(batch.Score(referenceLogits), batch.SequenceOf, batch.Sequences);
        var scores = batch.Score(policyLogits);
        var input = PairScoring.Input(scores, batch.SequenceOf, batch.Sequences, new PairLogps(reference.Chosen.detach(), reference.Rejected.detach()), sum);
        var objective = GoldenLosses.Mix(losses, parameters);
        var result = (isWeighted ? new WeightedObjective(objective, parameters.Version == LossVersion.Trl013) : objective).Evaluate(input);

        if (record.GetProperty("mean_loss") is { ValueKind: JsonValueKind.Number } mean) comparison.Add("mean loss", result.Losses.mean(), mean.GetDouble());
        if (record.TryGetProperty("error", out _)) return comparison; // the original got no further
        result.Losses.mean().backward();
        comparison.Add("norm of the gradient", policyLogits.grad!.norm(), record.GetProperty("grad_logits_l2").GetDouble());
        if (record.TryGetProperty("grad_tensor", out var gradient))
        {
            using var expected = tensors.Read(gradient.GetString()!);
            comparison.Add("gradient", policyLogits.grad!, [.. expected.data<float>().ToArray().Select(value => (double)value)]);
        }
        if (record.TryGetProperty("metrics", out var metrics)) CompareMetrics(comparison, metrics, PreferencePass.Measure(result, input.Policy, scores.Tokens.Statistics!.Value, batch.ChosenTokens));
        return comparison;
    }

    private static void CompareMetrics(GoldenComparison comparison, JsonElement expected, AlignSharp.Tracking.BatchMetrics found)
    {
        var preference = found.Preference!;
        foreach (var (key, value) in new (string, double?)[]
        {
            ("rewards/chosen", preference.RewardsChosen), ("rewards/rejected", preference.RewardsRejected), ("rewards/accuracies", preference.RewardsAccuracies),
            ("rewards/margins", preference.RewardsMargins), ("logps/chosen", preference.LogpsChosen), ("logps/rejected", preference.LogpsRejected),
            ("logits/chosen", preference.LogitsChosen), ("logits/rejected", preference.LogitsRejected), ("entropy", found.Entropy), ("mean_token_accuracy", found.MeanTokenAccuracy),
        })
        {
            // 0.13 reports means over tokens where the loss is ipo, and sums elsewhere; here they are sums.
            if (key.StartsWith("logps/", StringComparison.Ordinal) && comparison.Name.StartsWith("trl 0.13.0 logits ipo", StringComparison.Ordinal)) continue;
            if (expected.TryGetProperty(key, out var number)) comparison.Add(key, tensor(value!.Value), GoldenLosses.Number(number));
        }
    }

    private static Tensor Logits(SafetensorsFile tensors, string name)
    {
        using var read = tensors.Read(name);
        return read.reshape(Rows * Width, Vocabulary).clone().DetachFromDisposeScope();
    }

    /// <summary>The completion tokens of the rows; logits come through the head of an identity, so that the kernel scores them as it does in training.</summary>
    private sealed class ScoredTokens
    {
        private readonly Tensor _from;
        private readonly Tensor _targets;

        public ScoredTokens(SafetensorsFile tensors)
        {
            using var idTensor = tensors.Read("input_ids");
            using var maskTensor = tensors.Read("completion_mask");
            var (ids, mask) = (idTensor.data<long>().ToArray(), maskTensor.data<long>().ToArray());
            var places = Enumerable.Range(0, Rows * Width).Where(place => mask[place] != 0).ToArray();
            Sequences = [.. places.Select(place => place / Width)];
            SequenceOf = tensor(Sequences.Select(sequence => (long)sequence).ToArray());
            _from = tensor(places.Select(place => place - 1L).ToArray());
            _targets = tensor(places.Select(place => ids[place]).ToArray());
        }

        public int[] Sequences { get; }

        public Tensor SequenceOf { get; }

        public int ChosenTokens => Sequences.Count(sequence => sequence < Rows / 2);

        public SequenceScores Score(Tensor logits)
        {
            var tokens = LogProbHead.Score(logits, _from, _targets, new LinearMap(eye(Vocabulary)), withStatistics: true);
            return new SequenceScores(tokens, LogProbHead.SumPerSequence(tokens.Logps, SequenceOf, Rows));
        }
    }
}
