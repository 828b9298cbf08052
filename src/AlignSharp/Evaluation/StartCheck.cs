using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Evaluation;

/// <summary>
/// The state before the first update, where policy and reference are one: every reward must be zero and the loss its value there (ln 2 for DPO).
/// If they are not, the reference is another than was meant, and the whole run would be for nothing.
/// </summary>
public static class StartCheck
{
    private const int Pairs = 4;

    /// <summary>Checks the first pairs, without gradient, dropout and noise.</summary>
    /// <param name="pass">Policy, reference and objective.</param>
    /// <param name="pairs">The training set.</param>
    /// <param name="note">Receives a line with what was found.</param>
    /// <exception cref="VerificationException">A reward is beyond what rounding explains.</exception>
    public static void Run(PreferencePass pass, IReadOnlyList<TokenizedPair> pairs, Action<string> note)
    {
        var model = pass.Policy;
        var wasTraining = model.training;
        model.eval();
        try
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            int[] rows = [.. Enumerable.Range(0, Math.Min(Pairs, pairs.Count))];
            using var batch = new TokenBatch(Packer.Pack([.. rows.Select(row => pairs[row])]), model.Device);
            var (result, metrics) = pass.Run(batch, rows);
            using var joined = cat([result.ChosenRewards, result.RejectedRewards], 0).abs();
            var rewards = joined.cpu().data<float>().ToArray();
            var worst = Array.IndexOf(rewards, rewards.Max());
            var tolerance = Tolerance(model.ComputeType) * rows.Max(row => pairs[row].ChosenIds.Length + pairs[row].RejectedIds.Length);
            if (!(rewards[worst] <= tolerance))
                throw new VerificationException(FormattableString.Invariant($"step 0: the policy should equal its reference, but the reward of {pairs[worst % rows.Length].Source} is {rewards[worst]:0.0000} and the loss {metrics.Loss:0.0000}; the reference is another model than the policy starts from: look at reference, adapter_name_or_path and model_name_or_path"));
            note(FormattableString.Invariant($"step 0: policy equals reference, rewards 0, loss {metrics.Loss:0.0000}"));
        }
        finally
        {
            if (wasTraining) model.train();
        }
    }

    // Of a token's log-probability, times beta, which is at most about 1: both sides run the same code, so only the grouping of products differs.
    private static double Tolerance(ScalarType type) => type == ScalarType.Float32 ? 1e-5 : 1e-2;
}
