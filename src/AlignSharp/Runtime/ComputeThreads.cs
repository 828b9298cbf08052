using System.Globalization;
using AlignSharp.Data.Faults;
using TorchSharp;

namespace AlignSharp.Runtime;

/// <summary>How many threads libtorch uses inside one operation.</summary>
/// <remarks>Always set it: launchers such as mpirun cut libtorch to one thread, and hyper-threads only slow a matrix product.</remarks>
public static class ComputeThreads
{
    /// <summary>The environment variable that OpenMP programs read; it counts when no number is asked for.</summary>
    public const string Variable = "OMP_NUM_THREADS";

    /// <summary>
    /// Physical cores that this process may use, at least 1: the physical cores of the machine, or fewer where affinity or a
    /// container limits the process.
    /// </summary>
    public static int PhysicalCores { get; } = Math.Max(1, Math.Min(MachineCores("/sys/devices/system/cpu"), Environment.ProcessorCount));

    /// <summary>Sets libtorch's threads for the whole process and returns the number.</summary>
    /// <param name="requested">The number asked for, or null for <c>OMP_NUM_THREADS</c> and, without it, <see cref="PhysicalCores"/>.</param>
    /// <exception cref="ConfigurationException">The number, or the variable's value, is not a whole number above 0; or libtorch cannot be loaded.</exception>
    public static int Configure(int? requested = null)
    {
        var threads = Choose(requested, Environment.GetEnvironmentVariable(Variable));
        LibTorch.Load();
        torch.set_num_threads(threads);
        return threads;
    }

    /// <summary>The choice that <see cref="Configure"/> makes.</summary>
    internal static int Choose(int? requested, string? variable)
    {
        if (requested is { } number)
            return number > 0 ? number : throw new ConfigurationException($"threads is {number}; expected a whole number above 0.");
        if (string.IsNullOrWhiteSpace(variable)) return PhysicalCores;

        // OpenMP allows a list, one number for each level of nesting; libtorch uses the first level only.
        var first = variable.Split(',')[0];
        return int.TryParse(first, NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) && parsed > 0
            ? parsed
            : throw new ConfigurationException($"{Variable} is '{variable}'; expected a whole number above 0, or unset it.");
    }

    /// <summary>Counts groups of hyper-threads as Linux lists them; elsewhere, or if unreadable, counts logical processors.</summary>
    internal static int MachineCores(string folder)
    {
        try
        {
            if (!Directory.Exists(folder)) return Environment.ProcessorCount;
            var cores = Directory.EnumerateDirectories(folder, "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct()
                .Count();
            return cores > 0 ? cores : Environment.ProcessorCount;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A processor went offline, or a container hides the list.
            return Environment.ProcessorCount;
        }
    }
}
