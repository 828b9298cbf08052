using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Checks options of <c>align dpo</c> for ranges and for keys that contradict each other.</summary>
internal static class DpoContradictions
{
    public static void Check(DpoRunOptions options)
    {
        TrainingContradictions.Check(options, KeyTable.Dpo);
        TrainingContradictions.Require(options.Beta > 0, "beta", options.Beta, "above 0");
        TrainingContradictions.Require(options.LabelSmoothing is >= 0 and < 0.5, "label_smoothing", options.LabelSmoothing, "0 to below 0.5");
        TrainingContradictions.RequireApart(options, "ref_model_name_or_path", options.RefModelNameOrPath);
        LossContradictions.Check(options);
        CheckReference(options);
        CheckTruncation(options);
    }

    private static void CheckTruncation(DpoRunOptions options)
    {
        TrainingContradictions.Require(options.MaxPromptLength is null or >= 1, "max_prompt_length", options.MaxPromptLength ?? 0, "1 or more, or null");
        if (options.TruncationMode == PairTruncation.KeepStart) return;
        var mode = options.TruncationMode == PairTruncation.KeepEnd ? "keep_end" : "keep_prompt_start";
        if (options.MaxLength is not { } most || options.MaxPromptLength is not { } prompt)
            throw new ConfigurationException($"truncation_mode: {mode} is TRL 0.7.1's rule and needs max_length and max_prompt_length; set both, or truncation_mode: keep_start");
        if (prompt >= most)
            throw new ConfigurationException($"max_prompt_length ({prompt}) leaves no room for completions within max_length ({most}); truncation_mode: {mode} needs it below max_length");
    }

    private static void CheckReference(DpoRunOptions options)
    {
        var hasModel = options.RefModelNameOrPath is not null;
        if (options.ReferenceFree && options.Reference != ReferenceChoice.None)
            throw new ConfigurationException($"reference_free is true but reference is {Name(options.Reference)}; keep one of them");
        if (options.Reference == ReferenceChoice.Model && !hasModel)
            throw new ConfigurationException("reference: model needs ref_model_name_or_path");
        if (options.Reference is not (ReferenceChoice.Model or ReferenceChoice.Auto) && hasModel)
            throw new ConfigurationException($"ref_model_name_or_path is set but reference is {Name(options.Reference)}; set reference: model or remove ref_model_name_or_path");
        if (options.Reference == ReferenceChoice.None && options.PrecomputeRefLogProbs)
            throw new ConfigurationException("precompute_ref_log_probs is true but reference is none; there is nothing to precompute");
        if (!options.PrecomputeRefLogProbs && options.GivenKeys.Contains("ref_logps_cache"))
            throw new ConfigurationException("ref_logps_cache is set but nothing is precomputed; add precompute_ref_log_probs: true or remove ref_logps_cache");
        if (options.Reference == ReferenceChoice.Adapter && !TrainingContradictions.LoadsAdapter(options))
            throw new ConfigurationException("reference: adapter needs a loaded adapter; set adapter_name_or_path or choose another reference");
        if (options.Reference == ReferenceChoice.Base && !options.UsePeft && !TrainingContradictions.LoadsAdapter(options))
            throw new ConfigurationException("reference: base needs an adapter above the base; for full fine-tuning use reference: auto, a frozen copy of the model");
    }

    private static string Name(ReferenceChoice reference) => reference switch
    {
        ReferenceChoice.Base => "base",
        ReferenceChoice.Adapter => "adapter",
        ReferenceChoice.Model => "model",
        ReferenceChoice.None => "none",
        _ => "auto",
    };
}
