using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads optim, adafactor and optim_args; which optimizer takes what is the business of the optimizers' own registry.</summary>
internal static class OptimizerChoice
{
    /// <summary>The name, for which adafactor is an older way to write one.</summary>
    /// <exception cref="ConfigurationException">The two keys contradict each other.</exception>
    public static string Name(EffectiveConfiguration from)
    {
        var name = from.Text("optim");
        if (!from.Boolean("adafactor")) return name;
        if (from.IsGiven("optim") && name != "adafactor") throw new ConfigurationException($"{from.Source("adafactor").Position}: adafactor: true contradicts optim: {name}; keep optim");
        return "adafactor";
    }

    /// <summary>The arguments as numbers, after checking that the optimizer takes them.</summary>
    /// <exception cref="ConfigurationException">The text is none of name=value, or the optimizer does not have the argument.</exception>
    public static IReadOnlyDictionary<string, double> Arguments(EffectiveConfiguration from)
    {
        var arguments = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var argument in (from.TextOrNull("optim_args") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                throw new ConfigurationException($"{from.Source("optim_args").Position}: optim_args: {argument} is not name=number");
            arguments[parts[0]] = number;
        }
        try
        {
            Registry.CheckArguments(Name(from), arguments);
        }
        catch (ConfigurationException fault)
        {
            throw new ConfigurationException($"{from.Source("optim_args").Position}: {fault.Message}", fault);
        }
        return arguments;
    }
}
