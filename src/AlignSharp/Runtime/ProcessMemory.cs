using System.Diagnostics;
using System.Globalization;

namespace AlignSharp.Runtime;

/// <summary>Memory of this process and what is left for it. All numbers are bytes.</summary>
/// <param name="ResidentBytes">Physical memory that the process holds now (VmRSS).</param>
/// <param name="PeakBytes">The most it has held since it started (VmHWM).</param>
/// <param name="AvailableBytes">What it can still take without swapping: the machine's available memory, or less where a control group limits it.</param>
/// <param name="PrivateBytes">Physical memory of its own that the process holds now (RssAnon): without the pages of mapped files, which the system takes back when it needs them.</param>
public readonly record struct ProcessMemory(long ResidentBytes, long PeakBytes, long AvailableBytes, long PrivateBytes)
{
    /// <summary>Reads the numbers of this moment.</summary>
    public static ProcessMemory Now()
    {
        var status = ReadFields("/proc/self/status");
        using var process = Process.GetCurrentProcess();
        var resident = status.GetValueOrDefault("VmRSS", process.WorkingSet64);
        var peak = status.GetValueOrDefault("VmHWM", process.PeakWorkingSet64);
        return new ProcessMemory(resident, Math.Max(peak, resident), Available(), status.GetValueOrDefault("RssAnon", process.PrivateMemorySize64));
    }

    private static long Available()
    {
        var machine = ReadFields("/proc/meminfo").TryGetValue("MemAvailable", out var bytes) ? bytes : AvailableToCollector();
        return Math.Min(machine, ControlGroupHeadroom("/sys/fs/cgroup", ReadText("/proc/self/cgroup")));
    }

    /// <summary>The runtime's own estimate, for systems without /proc.</summary>
    private static long AvailableToCollector()
    {
        var info = GC.GetGCMemoryInfo();
        return Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
    }

    /// <summary>The least that any control group above the process leaves, or <see cref="long.MaxValue"/> without a limit.</summary>
    /// <param name="root">Where control groups are mounted.</param>
    /// <param name="membership">Text of /proc/self/cgroup.</param>
    internal static long ControlGroupHeadroom(string root, string membership)
    {
        var headroom = long.MaxValue;
        foreach (var line in membership.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var names = (Folder: root, Limit: "memory.max", Usage: "memory.current");
            if (parts[1].Split(',').Contains("memory")) names = (Path.Combine(root, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes");
            else if (parts[0] != "0") continue;

            // In a container the path may not exist below the mount; the mount itself is then the container's own group.
            for (var path = parts[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                headroom = Math.Min(headroom, Headroom(Path.Combine(names.Folder, path), names.Limit, names.Usage));
                if (path.Length == 0) break;
            }
        }
        return headroom;
    }

    private static long Headroom(string folder, string limitName, string usageName)
    {
        if (!TryReadNumber(Path.Combine(folder, limitName), out var limit) || !TryReadNumber(Path.Combine(folder, usageName), out var usage))
            return long.MaxValue;

        // Cached file pages count as usage but are given back under pressure.
        var reclaimable = ReadFields(Path.Combine(folder, "memory.stat")).GetValueOrDefault("inactive_file");
        return Math.Max(0, limit - Math.Max(0, usage - reclaimable));
    }

    private static bool TryReadNumber(string file, out long number) =>
        long.TryParse(ReadText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads lines such as "VmRSS:   1024 kB" or "inactive_file 4096"; a missing file has no fields.</summary>
    private static Dictionary<string, long> ReadFields(string file)
    {
        var fields = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in ReadText(file).Split('\n'))
        {
            var words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            fields.TryAdd(words[0], words is [_, _, "kB"] ? number * 1024 : number);
        }
        return fields;
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // These files are the kernel's and may be hidden; the caller has another source.
            return "";
        }
    }
}
