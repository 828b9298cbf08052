namespace AlignSharp.Objectives;

/// <summary>The objectives by TRL's <c>loss_type</c>.</summary>
public static class Registry
{
    private static readonly Dictionary<string, Func<ObjectiveParameters, IPreferenceObjective>> Objectives = new(StringComparer.Ordinal)
    {
        ["sigmoid"] = p => new SigmoidObjective(p.Beta, p.LabelSmoothing),
    };

    private static readonly Dictionary<string, Func<ISupervisedObjective>> Supervised = new(StringComparer.Ordinal)
    {
        ["nll"] = () => new NegativeLogLikelihood(),
        ["chunked_nll"] = () => new NegativeLogLikelihood(),
        ["dft"] = () => new DynamicFineTuning(),
    };

    /// <summary>Known values of <c>loss_type</c> for supervised fine-tuning.</summary>
    public static IReadOnlyCollection<string> SupervisedNames => Supervised.Keys;

    /// <summary>Known values of <c>loss_type</c>.</summary>
    public static IReadOnlyCollection<string> Names => Objectives.Keys;

    /// <summary>Creates an objective of supervised fine-tuning.</summary>
    /// <param name="lossType">One of <see cref="SupervisedNames"/>.</param>
    /// <exception cref="KeyNotFoundException">The name is unknown.</exception>
    public static ISupervisedObjective CreateSupervised(string lossType) => Supervised[lossType]();

    /// <summary>Creates an objective.</summary>
    /// <param name="lossType">One of <see cref="Names"/>.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="KeyNotFoundException">The name is unknown.</exception>
    public static IPreferenceObjective Create(string lossType, ObjectiveParameters parameters) => Objectives[lossType](parameters);
}
