using System.Diagnostics;
using System.Security.Cryptography;
using AlignSharp.Fuzz.Running;
using SharpFuzz;

namespace AlignSharp.Fuzz;

/// <summary>Runs what the command line asks for: 0 all is well, 1 something was found, 2 the command line is wrong.</summary>
internal sealed class FuzzCommand(TextWriter output, TextWriter error)
{
    private const int MostFindings = 20;

    public int Run(string[] words)
    {
        if (FuzzOptions.Read(words) is not { } options || Chosen(options) is not { Count: > 0 } targets)
        {
            error.WriteLine(FuzzOptions.Usage);
            error.WriteLine("targets: " + string.Join(", ", TargetRegistry.All.Select(target => target.Name)));
            return 2;
        }
        if (options.Replay is { } file) return Replay(targets[0], file);
        if (!options.Afl) return targets.Select(target => Fuzz(target, options)).ToList().Max();
        Serve(targets[0]);
        return 0;
    }

    private static IReadOnlyList<FuzzTarget> Chosen(FuzzOptions options)
        => options.Target == "all" ? TargetRegistry.All : TargetRegistry.Find(options.Target) is { } target ? [target] : [];

    private int Replay(FuzzTarget target, string file)
    {
        var findings = new FuzzLoop(target, [File.ReadAllBytes(file)], new FuzzLimits()).Run(executions: 1, seed: 0);
        foreach (var finding in findings) error.WriteLine($"{target.Name}: {file}: {finding.What}");
        if (findings.Count == 0) output.WriteLine($"{target.Name}: {file}: a result, or a fault as it should be");
        return findings.Count > 0 ? 1 : 0;
    }

    private int Fuzz(FuzzTarget target, FuzzOptions options)
    {
        Directory.CreateDirectory(options.Findings);
        var running = Path.Combine(options.Findings, $"{target.Name}.running");
        if (LastInput.Left(running) is { } killer) error.WriteLine($"{target.Name}: an earlier run died over {Save(options.Findings, target, killer)}");
        using var lastInput = new LastInput(running);
        var started = Stopwatch.GetTimestamp();
        var loop = new FuzzLoop(target, Seeds.Read(options.Corpus ?? Seeds.Folder(target.Name)), new FuzzLimits(), lastInput);
        var findings = loop.Run(options.Executions, options.Seed, MostFindings);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var finding in findings)
            error.WriteLine($"{target.Name}: execution {finding.Execution}: {Save(options.Findings, target, finding.Input)}: {finding.What}");
        output.WriteLine($"{target.Name}: {loop.Executions} executions, {loop.Executions / seconds:0} a second, {findings.Count} failures");
        return findings.Count > 0 ? 1 : 0;
    }

    /// <summary>Equal inputs have equal names, so that the same finding twice is one file.</summary>
    private static string Save(string folder, FuzzTarget target, byte[] input)
    {
        var path = Path.Combine(folder, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}");
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>afl-fuzz sends the inputs; an exception that is not one of ours is a crash to it.</summary>
    private static void Serve(FuzzTarget target) => Fuzzer.OutOfProcess.Run(stream =>
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        Targets.Expectations.ResultOrFault(() => target.Run(buffer.ToArray()));
    });
}
