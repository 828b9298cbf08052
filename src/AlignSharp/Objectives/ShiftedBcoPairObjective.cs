using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Objectives;

/// <summary>
/// Binary classifier optimization of pairs with the reward shift δ of the paper (Jung et al. 2024, arXiv:2404.04656), as TRL 0.13's <c>bco_pair</c> has it:
/// <c>−log σ(r⁺ − δ) − log σ(δ − r⁻)</c>, δ the mean of all rewards of all batches trained on so far, this one included. Its state is that mean and the number of rewards.
/// </summary>
public sealed class ShiftedBcoPairObjective : IStatefulObjective
{
    private const string MeanName = "running_mean";
    private const string CountName = "rewards";

    private readonly double _beta;
    private double _mean;
    private double _count;

    /// <summary>Creates the objective, with nothing remembered.</summary>
    /// <param name="beta">Strength of the pull towards the reference; above 0 (TRL: 0.1).</param>
    public ShiftedBcoPairObjective(double beta = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        _beta = beta;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> State
    {
        get => new Dictionary<string, double> { [MeanName] = _mean, [CountName] = _count };
        set
        {
            if (!value.TryGetValue(MeanName, out var mean) || !value.TryGetValue(CountName, out var count) || value.Count != 2)
                throw new ArgumentException($"The state of bco_pair has {MeanName} and {CountName}, not {string.Join(", ", value.Keys)}.", nameof(value));
            (_mean, _count) = (mean, count);
        }
    }

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var ratios = LogRatios.Of(pairs);
        var (chosen, rejected) = (ratios.Chosen.Times(_beta), ratios.Rejected.Times(_beta));
        if (chosen.requires_grad) Remember(chosen.detach(), rejected.detach());
        var losses = -F.logsigmoid(chosen.Plus(-_mean)) - F.logsigmoid((-rejected).Plus(_mean));
        return ratios.Result(losses, _beta);
    }

    private void Remember(Tensor chosen, Tensor rejected)
    {
        var rewards = cat([chosen, rejected], 0).mean().to(ScalarType.Float64).item<double>();
        // TRL adds the mean of a batch once for each of its calls: one number, weighed alike whatever the batch's size.
        _count++;
        _mean += (rewards - _mean) / _count;
    }
}
