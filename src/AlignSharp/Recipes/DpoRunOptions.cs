using System.Diagnostics.CodeAnalysis;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
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
        LossType = LossTypeOf(from);
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

    /// <summary>Key loss_type: default sigmoid (TRL 1.9).</summary>
    public string LossType { get; init; } = "sigmoid";

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
        _ => from.TextOrNull("ref_model_name_or_path") is null ? ReferenceChoice.Auto : ReferenceChoice.Model,
    };

    internal static PairTruncation TruncationOf(EffectiveConfiguration from) => from.Text("truncation_mode") switch
    {
        "keep_end" => PairTruncation.KeepEnd,
        "keep_prompt_start" => PairTruncation.KeepPromptStart,
        _ => PairTruncation.KeepStart,
    };

    private static string LossTypeOf(EffectiveConfiguration from)
    {
        var losses = from.TextList("loss_type");
        return losses.Count == 1 ? losses[0] : throw new ConfigurationException($"{from.Source("loss_type").Position}: loss_type: {losses.Count} losses are given; expected one");
    }
}
