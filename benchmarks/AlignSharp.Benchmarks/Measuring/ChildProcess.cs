using System.Diagnostics;
using System.Text.Json;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>Runs this program again in a process of its own: memory can only be measured where nothing else was ever allocated.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a benchmark and reads the JSON object that it prints.</summary>
    /// <typeparam name="T">What the object holds.</typeparam>
    /// <param name="words">The command line.</param>
    /// <exception cref="InvalidOperationException">The process failed; the message carries what it said.</exception>
    public static T Run<T>(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output, ReportFile.Json)!
            : throw new InvalidOperationException($"{string.Join(' ', words)} ended with exit code {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }
}
