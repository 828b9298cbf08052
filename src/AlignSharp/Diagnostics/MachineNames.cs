namespace AlignSharp.Diagnostics;

/// <summary>Names that Linux gives to processors and GPUs; null or empty elsewhere.</summary>
internal static class MachineNames
{
    internal static string? Processor() => Value("/proc/cpuinfo", "model name");

    /// <summary>One name for each GPU that the NVIDIA driver lists, in the order of their bus addresses.</summary>
    internal static List<string> NvidiaGpus()
    {
        const string folder = "/proc/driver/nvidia/gpus";
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateDirectories(folder)
            .Order(StringComparer.Ordinal)
            .Select(gpu => Value(Path.Combine(gpu, "information"), "Model"))
            .OfType<string>()];
    }

    private static string? Value(string file, string key)
    {
        try
        {
            if (!File.Exists(file)) return null;
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return line?[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A name is a courtesy; the device works without.
            return null;
        }
    }
}
