using System.Globalization;
using AlignSharp.Data.Faults;

namespace AlignSharp.Recipes.Configuration;

/// <summary>The schedules that lr_scheduler_type may name and the parameters that each takes, as transformers has them.</summary>
internal static class LearningRateSchedules
{
    private static readonly Dictionary<string, string[]> Parameters = new(StringComparer.Ordinal)
    {
        ["constant"] = [],
        ["constant_with_warmup"] = [],
        ["linear"] = [],
        ["cosine"] = ["num_cycles"],
        ["cosine_with_restarts"] = ["num_cycles"],
        ["cosine_with_min_lr"] = ["num_cycles", "min_lr", "min_lr_rate"],
        ["polynomial"] = ["lr_end", "power"],
        ["inverse_sqrt"] = [],
        ["warmup_stable_decay"] = ["num_stable_steps", "num_decay_steps", "min_lr_ratio", "num_cycles"],
    };

    public static IEnumerable<string> Names => Parameters.Keys;

    /// <summary>The parameters as numbers, after checking that the schedule takes them and has those it needs.</summary>
    /// <param name="schedule">One of <see cref="Names"/>.</param>
    /// <param name="given">The mapping as given, or the null value.</param>
    /// <param name="source">Where it was given.</param>
    /// <exception cref="ConfigurationException">A parameter is unknown to the schedule, not a number, or missing.</exception>
    public static IReadOnlyDictionary<string, double> Check(string schedule, ConfigurationValue given, Provenance source)
    {
        var allowed = Parameters[schedule];
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in given.Entries)
        {
            if (!allowed.Contains(name)) throw Fault($"{schedule} does not use \"{name}\"; it takes {(allowed.Length == 0 ? "no parameters" : string.Join(", ", allowed))}");
            numbers[name] = value.AsNumber() ?? throw Fault($"{name} is {value.Text}, expected a number");
        }
        if (schedule == "cosine_with_min_lr" && numbers.ContainsKey("min_lr") == numbers.ContainsKey("min_lr_rate"))
            throw Fault("cosine_with_min_lr needs exactly one of min_lr and min_lr_rate");
        if (schedule == "warmup_stable_decay")
        {
            foreach (var needed in new[] { "num_stable_steps", "num_decay_steps" })
            {
                if (!numbers.TryGetValue(needed, out var steps)) throw Fault($"warmup_stable_decay needs {needed}");
                if (steps < 0 || steps != Math.Floor(steps)) throw Fault($"{needed} is {steps.ToString(CultureInfo.InvariantCulture)}, expected a whole number of updates, 0 or more");
            }
        }
        return numbers;

        ConfigurationException Fault(string what) => new($"{source.Position}: lr_scheduler_kwargs: {what}");
    }
}
