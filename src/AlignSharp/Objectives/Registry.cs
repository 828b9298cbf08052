using AlignSharp.Objectives.Divergences;

namespace AlignSharp.Objectives;

/// <summary>The objectives by TRL's <c>loss_type</c>, and the divergences by its <c>f_divergence_type</c>.</summary>
public static class Registry
{
    private const string Smoothing = "label_smoothing";
    private const string Divergence = "f_divergence_type";

    private static readonly Dictionary<string, RegisteredObjective> Objectives = new(StringComparer.Ordinal)
    {
        ["sigmoid"] = new(p => new SigmoidObjective(p.Beta, p.LabelSmoothing, DivergenceOf(p)), Smoothing, Divergence),
        ["hinge"] = new(p => new HingeObjective(p.Beta, DivergenceOf(p)), Divergence),
        ["ipo"] = new(p => new IpoObjective(p.Beta, DivergenceOf(p), IpoLengthOf(p.Version)), Divergence),
        ["exo_pair"] = new(p => new ExoPairObjective(p.Beta, p is { LabelSmoothing: 0, Version: LossVersion.Trl013 } ? 1e-3 : p.LabelSmoothing, DivergenceOf(p)), Smoothing, Divergence),
        ["nca_pair"] = new(p => new NcaPairObjective(p.Beta, DivergenceOf(p)), Divergence),
        ["robust"] = new(p => new RobustObjective(p.Beta, p.LabelSmoothing, DivergenceOf(p)), Smoothing, Divergence),
        ["bco_pair"] = new(p => p.Version == LossVersion.Trl013 ? new ShiftedBcoPairObjective(p.Beta) : new BcoPairObjective(p.Beta, DivergenceOf(p)), Divergence),
        ["sppo_hard"] = new(p => new SppoHardObjective(p.Beta, DivergenceOf(p)), Divergence),
        ["aot"] = new(p => new AotObjective(p.Beta, p.LabelSmoothing), Smoothing),
        ["aot_unpaired"] = new(p => new AotUnpairedObjective(p.Beta, p.LabelSmoothing), Smoothing),
        ["aot_pair"] = new(p => new AotUnpairedObjective(p.Beta, p.LabelSmoothing), Smoothing),
        ["apo_zero"] = new(p => new ApoZeroObjective(p.Beta)),
        ["apo_down"] = new(p => new ApoDownObjective(p.Beta, DivergenceOf(p)), Divergence),
        ["discopop"] = new(p => new DiscopopObjective(p.Beta, p.DiscopopTau, DivergenceOf(p)), "discopop_tau", Divergence),
        ["sft"] = new(p => new SftObjective(p.Beta)),
        ["sigmoid_norm"] = new(p => new SigmoidNormObjective(p.Beta, DivergenceOf(p)), Divergence),
    };

    private static readonly Dictionary<string, Func<ObjectiveParameters, IDivergence>> Divergences = new(StringComparer.Ordinal)
    {
        ["reverse_kl"] = _ => new ReverseKl(),
        ["forward_kl"] = _ => new ForwardKl(),
        ["js_divergence"] = _ => new JensenShannon(),
        ["alpha_divergence"] = p => new AlphaDivergence(p.Version == LossVersion.Trl013 ? 1 - p.AlphaDivergenceCoefficient : p.AlphaDivergenceCoefficient),
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

    /// <summary>Known values of <c>f_divergence_type</c>.</summary>
    public static IReadOnlyCollection<string> DivergenceNames => Divergences.Keys;

    /// <summary>The keys besides <c>beta</c> that an objective reads.</summary>
    /// <param name="lossType">One of <see cref="Names"/>.</param>
    /// <exception cref="KeyNotFoundException">The name is unknown.</exception>
    public static IReadOnlyCollection<string> KeysOf(string lossType) => Objectives[lossType].Reads;

    /// <summary>Creates an objective of supervised fine-tuning.</summary>
    /// <param name="lossType">One of <see cref="SupervisedNames"/>.</param>
    /// <exception cref="KeyNotFoundException">The name is unknown.</exception>
    public static ISupervisedObjective CreateSupervised(string lossType) => Supervised[lossType]();

    /// <summary>Creates an objective.</summary>
    /// <param name="lossType">One of <see cref="Names"/>.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="KeyNotFoundException">The name, or that of the divergence, is unknown.</exception>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static IPreferenceObjective Create(string lossType, ObjectiveParameters parameters) => Objectives[lossType].Create(parameters);

    private static IDivergence DivergenceOf(ObjectiveParameters parameters) => Divergences[parameters.DivergenceType](parameters);

    private static IpoLength IpoLengthOf(LossVersion version) => version switch
    {
        LossVersion.Trl013 => IpoLength.MeanLogRatio,
        LossVersion.Trl071 => IpoLength.Sum,
        _ => IpoLength.MeanScore,
    };
}
