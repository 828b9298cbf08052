using System.Globalization;
using AlignSharp.Objectives;

namespace AlignSharp.Recipes;

/// <summary>Makes the objective that a run asks for: one loss or a mix, weighted by the policy or not.</summary>
internal static class ObjectiveChoice
{
    /// <summary>Creates it. Objectives may have a state, so each purpose takes its own.</summary>
    /// <param name="options">The run, validated.</param>
    public static IPreferenceObjective Create(DpoRunOptions options)
    {
        var parameters = new ObjectiveParameters(options.Beta, options.LabelSmoothing)
        {
            DivergenceType = options.FDivergenceType,
            AlphaDivergenceCoefficient = options.FAlphaDivergenceCoef,
            DiscopopTau = options.DiscopopTau,
            Version = options.LossVersion,
        };
        var losses = Losses(options);
        var objective = losses is [(var only, 1)]
            ? Registry.Create(only, parameters)
            : new MixedObjective([.. losses.Select(loss => (Registry.Create(loss.Name, parameters), loss.Weight))]);
        return options.UseWeighting ? new WeightedObjective(objective, atMostOne: options.LossVersion == LossVersion.Trl013) : objective;
    }

    /// <summary>The objective in a line, for the model card.</summary>
    /// <param name="options">The run.</param>
    public static string Describe(DpoRunOptions options)
    {
        string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
        var losses = Losses(options).Select(loss => loss.Weight == 1 ? loss.Name : $"{Number(loss.Weight)} × {loss.Name}");
        var parts = new List<string> { string.Join(" + ", losses), $"beta {Number(options.Beta)}" };
        if (options.LabelSmoothing != 0) parts.Add($"label smoothing {Number(options.LabelSmoothing)}");
        if (options.FDivergenceType != "reverse_kl") parts.Add(options.FDivergenceType == "alpha_divergence" ? $"alpha_divergence {Number(options.FAlphaDivergenceCoef)}" : options.FDivergenceType);
        if (options.LdAlpha is { } ldAlpha) parts.Add($"ld_alpha {Number(ldAlpha)}");
        if (options.UseWeighting) parts.Add("weighted by the policy");
        if (options.LossVersion != LossVersion.Trl19) parts.Add($"as TRL {(options.LossVersion == LossVersion.Trl013 ? "0.13" : "0.7.1")} has it");
        return string.Join(", ", parts);
    }

    // RPO is one more loss.
    private static List<(string Name, double Weight)> Losses(DpoRunOptions options)
    {
        var losses = options.LossType.Select((name, place) => (name, options.LossWeights?[place] ?? 1)).ToList();
        if (options.RpoAlpha is { } alpha and > 0) losses.Add(("sft", alpha));
        return losses;
    }
}
