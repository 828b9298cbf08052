namespace AlignSharp.Objectives;

/// <summary>The objectives by TRL's <c>loss_type</c>.</summary>
public static class Registry
{
    private static readonly Dictionary<string, Func<ObjectiveParameters, IPreferenceObjective>> Objectives = new(StringComparer.Ordinal)
    {
        ["sigmoid"] = p => new SigmoidObjective(p.Beta, p.LabelSmoothing),
    };

    /// <summary>Known values of <c>loss_type</c>.</summary>
    public static IReadOnlyCollection<string> Names => Objectives.Keys;

    /// <summary>Creates an objective.</summary>
    /// <param name="lossType">One of <see cref="Names"/>.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="KeyNotFoundException">The name is unknown.</exception>
    public static IPreferenceObjective Create(string lossType, ObjectiveParameters parameters) => Objectives[lossType](parameters);
}
