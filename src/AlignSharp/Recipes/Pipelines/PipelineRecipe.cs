using System.Diagnostics;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;

namespace AlignSharp.Recipes.Pipelines;

/// <summary>Runs the stages of a pipeline one after the other: <c>align run</c>.</summary>
public static class PipelineRecipe
{
    /// <summary>
    /// Runs a pipeline. A stage whose command, configuration and inputs are what they were when it was last finished is skipped; the first that fails ends the run, and the
    /// same command goes on there.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="run">Runs a command line and answers with its exit code; the second argument receives its standard output and is null where that is not kept.</param>
    /// <param name="note">Receives a line a stage.</param>
    /// <param name="cancellation">Ends the run with the stage.</param>
    /// <returns>An outcome a stage, in order; those that were not reached have neither a code nor were they skipped.</returns>
    /// <exception cref="AlignSharpException">The pipeline's folder cannot be used.</exception>
    public static IReadOnlyList<StageOutcome> Run(Pipeline pipeline, Func<IReadOnlyList<string>, TextWriter?, int> run, Action<string> note, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(note);
        OutputFolder.Prepare(pipeline.OutputDir);
        var state = PipelineState.Read(pipeline.OutputDir);
        var outcomes = new List<StageOutcome>();
        foreach (var stage in pipeline.Stages)
        {
            var hasFailed = outcomes.Any(outcome => outcome.ExitCode is > 0);
            outcomes.Add(hasFailed ? new StageOutcome(stage, null, IsSkipped: false, 0) : Run(stage, $"stage {stage.Name} ({outcomes.Count + 1} of {pipeline.Stages.Count})", state, run, note, cancellation));
        }
        return outcomes;
    }

    private static StageOutcome Run(PipelineStage stage, string title, PipelineState state, Func<IReadOnlyList<string>, TextWriter?, int> run, Action<string> note, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        var fingerprint = StageFingerprint.Of(stage, cancellation);
        if (state.IsDone(stage, fingerprint))
        {
            note($"{title}: nothing has changed, skipped");
            return new StageOutcome(stage, null, IsSkipped: true, clock.Elapsed.TotalSeconds);
        }
        note($"{title}: align {string.Join(' ', stage.Words)}");
        if (stage.OutputDir is { } folder && Directory.Exists(folder) && state.Made(stage)) Discard(folder);
        state.Set(stage, fingerprint, isDone: false);
        var code = Run(stage, run);
        if (code == 0) state.Set(stage, fingerprint, isDone: true);
        return new StageOutcome(stage, code, IsSkipped: false, clock.Elapsed.TotalSeconds);
    }

    private static int Run(PipelineStage stage, Func<IReadOnlyList<string>, TextWriter?, int> run)
    {
        if (stage.StandardOutput is not { } file) return run(stage.Words, null);
        using var output = new StringWriter();
        var code = run(stage.Words, output);
        if (code == 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            AtomicFile.WriteText(file, output.ToString());
        }
        return code;
    }

    // Renamed first, so that no half-deleted folder ever has a result's name.
    private static void Discard(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var trash = Path.Combine(Path.GetDirectoryName(full)!, $"{AtomicFile.TemporaryPrefix}trash-{Path.GetFileName(full)}-{Environment.ProcessId}");
        Directory.Move(full, trash);
        Directory.Delete(trash, recursive: true);
    }
}
