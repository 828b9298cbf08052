using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Objectives;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes;

/// <summary>Everything that <c>align dpo</c> honours, one property a key, with TRL 1.9's defaults.</summary>
public sealed record DpoRunOptions : TrainingRunOptions
{
    /// <summary>Options with the defaults.</summary>
    public DpoRunOptions()
        : base(learningRate: 1e-6)
    {
    }

    [SetsRequiredMembers]
    private DpoRunOptions(EffectiveConfiguration from)
        : base(from)
    {
        Reference = ReferenceOf(from);
        RefModelNameOrPath = from.TextOrNull("ref_model_name_or_path");
        PrecomputeRefLogProbs = from.Boolean("precompute_ref_log_probs");
        RefLogpsCache = from.Boolean("ref_logps_cache");
        DisableDropout = from.Boolean("disable_dropout");
        MaxPromptLength = from.IntegerOrNull("max_prompt_length");
        TruncationMode = TruncationOf(from);
        ChatTemplatePath = from.TextOrNull("chat_template_path");
        Beta = from.Number("beta");
        LabelSmoothing = from.Number("label_smoothing");
        LossType = from.TextList("loss_type");
        LossWeights = WeightsOf(from);
        LossVersion = VersionOf(from);
        LdAlpha = from.NumberOrNull("ld_alpha");
        FDivergenceType = from.Text("f_divergence_type");
        FAlphaDivergenceCoef = from.Number("f_alpha_divergence_coef");
        UseWeighting = from.Boolean("use_weighting");
        DiscopopTau = from.Number("discopop_tau");
        RpoAlpha = from.NumberOrNull("rpo_alpha");
        ReferenceFree = from.Boolean("reference_free");
    }

    /// <summary>Key reference (AlignSharp): default auto. With a reference model named, <see cref="From"/> turns auto into model.</summary>
    public ReferenceChoice Reference { get; init; } = ReferenceChoice.Auto;

    /// <summary>Key ref_model_name_or_path (AlignSharp): the reference model's folder; default null.</summary>
    public string? RefModelNameOrPath { get; init; }

    /// <summary>Key precompute_ref_log_probs: compute reference log-probs once before training; default false (TRL 1.9).</summary>
    public bool PrecomputeRefLogProbs { get; init; }

    /// <summary>Key ref_logps_cache (AlignSharp): keep precomputed log-probs in the user's cache and read them there; default true.</summary>
    public bool RefLogpsCache { get; init; } = true;

    /// <summary>Key disable_dropout: turn every dropout off, LoRA's included; default true (TRL 1.9).</summary>
    public bool DisableDropout { get; init; } = true;

    /// <summary>Key max_prompt_length: most tokens of a prompt, null for no limit; default null (TRL before 1.0 had the key, 1.9 has not).</summary>
    public int? MaxPromptLength { get; init; }

    /// <summary>Key truncation_mode: default keep_start (TRL 1.9). The others need both lengths.</summary>
    public PairTruncation TruncationMode { get; init; } = PairTruncation.KeepStart;

    /// <summary>Key chat_template_path: template of conversations, a file or a folder with a tokenizer; default null, the model's own. The result carries it.</summary>
    public string? ChatTemplatePath { get; init; }

    /// <summary>Key beta: default 0.1 (TRL 1.9).</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Key label_smoothing: assumed share of swapped labels, 0 to below 0.5; default 0 (TRL 1.9).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Key loss_type: the losses, at least one; default sigmoid (TRL 1.9).</summary>
    public IReadOnlyList<string> LossType { get; init; } = ["sigmoid"];

    /// <summary>Key loss_weights: how much each loss counts, null for 1 each; default null (TRL 1.9).</summary>
    public IReadOnlyList<double>? LossWeights { get; init; }

    /// <summary>Key loss_version (AlignSharp): whose meaning is taken where versions of TRL differ; default 1.9's.</summary>
    public LossVersion LossVersion { get; init; }

    /// <summary>Key ld_alpha: weight of a longer completion's surplus tokens, 0 to 1, null for 1; default null (TRL 1.9).</summary>
    public double? LdAlpha { get; init; }

    /// <summary>Key f_divergence_type: default reverse_kl (TRL 1.9).</summary>
    public string FDivergenceType { get; init; } = "reverse_kl";

    /// <summary>Key f_alpha_divergence_coef: default 0.5 (TRL 1.9).</summary>
    public double FAlphaDivergenceCoef { get; init; } = 0.5;

    /// <summary>Key use_weighting: default false (TRL 1.9).</summary>
    public bool UseWeighting { get; init; }

    /// <summary>Key discopop_tau: default 0.05 (TRL 1.9).</summary>
    public double DiscopopTau { get; init; } = 0.05;

    /// <summary>Key rpo_alpha: weight of the chosen completions' cross-entropy, null for none; default null (TRL before 1.0 had the key, 1.9 has not).</summary>
    public double? RpoAlpha { get; init; }

    /// <summary>Key reference_free: no reference; default false (TRL before 1.0 had the key, 1.9 has not). <see cref="From"/> turns it into <see cref="Reference"/> none.</summary>
    public bool ReferenceFree { get; init; }

    /// <summary>Binds a configuration of <see cref="KeyTable.Dpo"/> and validates the result.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <exception cref="ConfigurationException">A required key is missing, or keys contradict each other.</exception>
    public static DpoRunOptions From(EffectiveConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new DpoRunOptions(configuration);
        options.Validate();
        return options;
    }

    /// <inheritdoc/>
    public override void Validate() => DpoContradictions.Check(this);

    private static ReferenceChoice ReferenceOf(EffectiveConfiguration from) => from.Text("reference") switch
    {
        "base" => ReferenceChoice.Base,
        "adapter" => ReferenceChoice.Adapter,
        "model" => ReferenceChoice.Model,
        "none" => ReferenceChoice.None,
        _ when from.Boolean("reference_free") => ReferenceChoice.None,
        _ => from.TextOrNull("ref_model_name_or_path") is null ? ReferenceChoice.Auto : ReferenceChoice.Model,
    };

    internal static PairTruncation TruncationOf(EffectiveConfiguration from) => from.Text("truncation_mode") switch
    {
        "keep_end" => PairTruncation.KeepEnd,
        "keep_prompt_start" => PairTruncation.KeepPromptStart,
        _ => PairTruncation.KeepStart,
    };

    private static double[]? WeightsOf(EffectiveConfiguration from)
    {
        var texts = from.TextList("loss_weights");
        if (texts.Count == 0) return null;
        return [.. texts.Select(text => double.TryParse(text, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight)
            ? weight
            : throw new ConfigurationException($"{from.Source("loss_weights").Position}: loss_weights: {text} is not a number; expected a number for each loss of loss_type"))];
    }

    private static LossVersion VersionOf(EffectiveConfiguration from) => from.Text("loss_version") switch
    {
        "trl_0.13" => LossVersion.Trl013,
        "trl_0.7.1" => LossVersion.Trl071,
        _ => LossVersion.Trl19,
    };
}
