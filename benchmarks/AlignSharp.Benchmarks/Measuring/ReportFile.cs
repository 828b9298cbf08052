using System.Text.Encodings.Web;
using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>Reports as JSON: names in snake_case, numbers unrounded.</summary>
internal static class ReportFile
{
    /// <summary>How results become JSON and back.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Refuses a <c>--json</c> file that could not be written, before anything is measured.</summary>
    /// <param name="arguments">The benchmark's options.</param>
    /// <exception cref="ConfigurationException">Its folder does not exist.</exception>
    public static void RequireFolder(Arguments arguments)
    {
        if (arguments.Text("json") is { } path && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new ConfigurationException($"option --json: the folder of {path} does not exist");
    }

    /// <summary>Writes the file of <c>--json</c>, if one was asked for.</summary>
    /// <param name="arguments">The benchmark's options.</param>
    /// <param name="report">An object with the results.</param>
    public static void Write(Arguments arguments, object report)
    {
        if (arguments.Text("json") is { } path) AtomicFile.WriteText(path, JsonSerializer.Serialize(report, Json) + "\n");
    }
}
