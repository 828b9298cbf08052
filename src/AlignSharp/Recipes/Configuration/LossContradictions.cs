using AlignSharp.Data.Faults;
using AlignSharp.Objectives;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Checks what a run of <c>align dpo</c> says about its losses for ranges and for keys that nothing would read.</summary>
internal static class LossContradictions
{
    // Losses of TRL 1.9 that the older versions had not, or had under another name.
    private static readonly string[] NotIn013 = ["sft", "sigmoid_norm", "aot_unpaired"];
    private static readonly string[] In071 = ["sigmoid", "hinge", "ipo"];

    public static void Check(DpoRunOptions options)
    {
        if (options.LossType.Count == 0) throw new ConfigurationException($"loss_type is empty; expected one or more of {string.Join(", ", Registry.Names)}");
        foreach (var loss in options.LossType) TrainingContradictions.CheckChoice(KeyTable.Dpo, "loss_type", loss);
        TrainingContradictions.CheckChoice(KeyTable.Dpo, "f_divergence_type", options.FDivergenceType);
        TrainingContradictions.Require(options.LdAlpha is null or (>= 0 and <= 1), "ld_alpha", options.LdAlpha ?? 0, "0 to 1, or null");
        TrainingContradictions.Require(double.IsFinite(options.FAlphaDivergenceCoef), "f_alpha_divergence_coef", options.FAlphaDivergenceCoef, "a finite number");
        TrainingContradictions.Require(options.DiscopopTau > 0, "discopop_tau", options.DiscopopTau, "above 0");
        TrainingContradictions.Require(options.RpoAlpha is null or (>= 0 and < double.PositiveInfinity), "rpo_alpha", options.RpoAlpha ?? 0, "0 or more, or null");
        CheckMix(options);
        CheckWhatIsRead(options);
        CheckWeighting(options);
        CheckVersion(options);
    }

    private static void CheckMix(DpoRunOptions options)
    {
        if (options.LossType.GroupBy(loss => loss).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigurationException($"loss_type names {twice.Key} {twice.Count()} times; name it once and give it the sum of the loss_weights");
        if (options.LossWeights is { } weights)
        {
            if (weights.Count != options.LossType.Count)
                throw new ConfigurationException($"loss_weights has {weights.Count} numbers but loss_type {options.LossType.Count} losses; give each loss its weight");
            foreach (var weight in weights) TrainingContradictions.Require(double.IsFinite(weight), "loss_weights", weight, "finite numbers");
            if (weights.All(weight => weight == 0)) throw new ConfigurationException("loss_weights are all 0, so nothing would be learned; give a loss another weight");
        }
        if (options.RpoAlpha is not null && options.LossType.Contains("sft"))
            throw new ConfigurationException("rpo_alpha adds the loss sft, which loss_type names already; keep one of them");
    }

    // A key at its default says nothing, so that a configuration may write all of them down.
    private static void CheckWhatIsRead(DpoRunOptions options)
    {
        var read = options.LossType.SelectMany(Registry.KeysOf).ToHashSet(StringComparer.Ordinal);
        void RequireReader(bool isSet, string key)
        {
            if (isSet && !read.Contains(key))
                throw new ConfigurationException($"{key} is set but loss_type {string.Join(", ", options.LossType)} does not read it; it counts for {string.Join(", ", Registry.Names.Where(name => Registry.KeysOf(name).Contains(key)))}");
        }
        RequireReader(options.LabelSmoothing != 0, "label_smoothing");
        RequireReader(options.DiscopopTau != 0.05, "discopop_tau");
        RequireReader(options.FDivergenceType != "reverse_kl", "f_divergence_type");
        if (options.FAlphaDivergenceCoef != 0.5 && options.FDivergenceType != "alpha_divergence")
            throw new ConfigurationException($"f_alpha_divergence_coef is set but f_divergence_type is {options.FDivergenceType}; set f_divergence_type: alpha_divergence or remove it");
        if (options.LossType.Contains("exo_pair") && options is { LabelSmoothing: 0, LossVersion: LossVersion.Trl19 })
            throw new ConfigurationException("loss_type exo_pair needs label_smoothing above 0; set it, for example to the paper's 1e-3");
        if (options.LdAlpha is not null && options.LossType.All(loss => loss == "sft"))
            throw new ConfigurationException("ld_alpha is set but loss_type sft does not read it; remove it or add another loss");
    }

    private static void CheckWeighting(DpoRunOptions options)
    {
        if (options.UseWeighting && options.LossType.FirstOrDefault(loss => loss.StartsWith("aot", StringComparison.Ordinal)) is { } sorted)
            throw new ConfigurationException($"use_weighting weighs pairs, but the losses of {sorted} belong to quantiles; remove one of them");
    }

    private static void CheckVersion(DpoRunOptions options)
    {
        if (options.LossVersion == LossVersion.Trl19) return;
        var name = options.LossVersion == LossVersion.Trl013 ? "trl_0.13" : "trl_0.7.1";
        bool Has(string loss) => options.LossVersion == LossVersion.Trl013 ? !NotIn013.Contains(loss) : In071.Contains(loss);
        if (options.LossType.FirstOrDefault(loss => !Has(loss)) is { } missing)
            throw new ConfigurationException($"loss_version {name} has no loss_type {missing}; remove loss_version");
        if (options.LossType.Count > 1) throw new ConfigurationException($"loss_version {name} has one loss, not {options.LossType.Count}; remove loss_version");
        if (options.LdAlpha is not null) throw new ConfigurationException($"loss_version {name} has no ld_alpha; remove one of them");
        if (options.LossVersion == LossVersion.Trl071 && (options.UseWeighting || options.RpoAlpha is not null || options.FDivergenceType != "reverse_kl"))
            throw new ConfigurationException("loss_version trl_0.7.1 has no use_weighting, rpo_alpha or f_divergence_type; remove loss_version");
        if (options is { LossVersion: LossVersion.Trl013, FDivergenceType: not "reverse_kl" } && options.LossType[0] is not ("sigmoid" or "hinge" or "ipo" or "robust" or "exo_pair"))
            throw new ConfigurationException($"loss_version trl_0.13 does not read f_divergence_type for loss_type {options.LossType[0]}; remove one of them");
    }
}
