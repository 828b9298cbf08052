using System.Diagnostics;
using AlignSharp.Testing;

namespace AlignSharp.Acceptance;

/// <summary>Runs the built <c>align</c> in a process of its own.</summary>
internal static class AlignCommand
{
    /// <summary>What a finished process left.</summary>
    internal sealed record Result(int ExitCode, string Output, string Errors);

    /// <summary>The assembly of the command, built in the configuration of these tests.</summary>
    internal static string AssemblyPath { get; } = FindAssembly();

    /// <summary>Runs the command to its end.</summary>
    /// <param name="arguments">Arguments of align.</param>
    /// <param name="environment">Variables to set beside those of this process.</param>
    /// <param name="input">What stands on standard input; null leaves this process's.</param>
    internal static async Task<Result> Run(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? input = null)
    {
        var start = new ProcessStartInfo("dotnet", [AssemblyPath, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = input is not null };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        await process.WaitForExitAsync();
        return new Result(process.ExitCode, await output, await errors);
    }

    private static string FindAssembly()
    {
        // .../bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(Golden.RepositoryRoot, "src", "AlignSharp.Cli", "bin", framework.Parent!.Name, framework.Name, "align.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The command is not built: {path}");
    }
}
