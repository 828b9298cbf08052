using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Objectives;

/// <summary>A weighted sum of objectives, as mixed preference optimization has it (Wang et al. 2024, arXiv:2411.10442). TRL's <c>loss_type</c> with several names.</summary>
public sealed class MixedObjective : IStatefulObjective
{
    private readonly IReadOnlyList<(IPreferenceObjective Objective, double Weight)> _parts;

    /// <summary>Creates the sum.</summary>
    /// <param name="parts">Objectives, at least one, and how much each counts; rewards are the first one's.</param>
    public MixedObjective(IReadOnlyList<(IPreferenceObjective Objective, double Weight)> parts)
    {
        if (parts.Count == 0) throw new ArgumentException("A mix needs at least one objective.", nameof(parts));
        _parts = parts;
    }

    /// <inheritdoc/>
    // Names of a part begin with its place, because the same objective may stand in a mix twice.
    public IReadOnlyDictionary<string, double> State
    {
        get => Stateful.SelectMany(part => part.Objective.State.Select(value => (Name: $"{part.Place}/{value.Key}", value.Value))).ToDictionary(value => value.Name, value => value.Value);
        set
        {
            foreach (var (place, objective) in Stateful)
                objective.State = value.Where(entry => entry.Key.StartsWith($"{place}/", StringComparison.Ordinal)).ToDictionary(entry => entry.Key[(entry.Key.IndexOf('/') + 1)..], entry => entry.Value);
        }
    }

    private IEnumerable<(int Place, IStatefulObjective Objective)> Stateful =>
        _parts.Index().Where(part => part.Item.Objective is IStatefulObjective).Select(part => (part.Index, (IStatefulObjective)part.Item.Objective));

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(ObjectiveInput pairs)
    {
        using var scope = NewDisposeScope();
        var results = _parts.Select(part => (part.Objective.Evaluate(pairs), part.Weight)).ToList();
        var losses = results.Select(result => result.Item1.Losses.Times(result.Weight)).Aggregate((sum, next) => sum.Plus(next));
        var first = results[0].Item1;
        return new ObjectiveResult(losses.MoveToOuterDisposeScope(), first.ChosenRewards.MoveToOuterDisposeScope(), first.RejectedRewards.MoveToOuterDisposeScope());
    }
}
