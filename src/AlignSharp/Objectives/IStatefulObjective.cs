namespace AlignSharp.Objectives;

/// <summary>An objective that remembers earlier batches. Only batches with gradient change its state, so evaluation leaves it alone.</summary>
public interface IStatefulObjective : IPreferenceObjective
{
    /// <summary>What it remembers, by name; setting it goes on from there, as a resumed run must.</summary>
    /// <exception cref="ArgumentException">Set to a state with other names.</exception>
    IReadOnlyDictionary<string, double> State { get; set; }
}
