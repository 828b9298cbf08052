using AlignSharp.Data.Faults;
using AlignSharp.Optimizers;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads lr_scheduler_kwargs; which schedule takes what is the business of the schedules' own registry.</summary>
internal static class LearningRateSchedules
{
    /// <summary>The parameters as numbers, after checking that the schedule takes them and has those it needs.</summary>
    /// <param name="schedule">A known schedule.</param>
    /// <param name="given">The mapping as given, or the null value.</param>
    /// <param name="baseRate">The run's learning rate.</param>
    /// <param name="source">Where it was given.</param>
    /// <exception cref="ConfigurationException">A parameter is unknown to the schedule, not a number, or missing.</exception>
    public static IReadOnlyDictionary<string, double> Check(string schedule, ConfigurationValue given, double baseRate, Provenance source)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in given.Entries)
            numbers[name] = value.AsNumber() ?? throw new ConfigurationException($"{source.Position}: lr_scheduler_kwargs: {name} is {value.Text}, expected a number");
        try
        {
            Registry.CreateSchedule(schedule, new ScheduleSpan(0, 1), baseRate, numbers);
        }
        catch (ConfigurationException fault)
        {
            throw new ConfigurationException($"{source.Position}: {fault.Message}", fault);
        }
        return numbers;
    }
}
