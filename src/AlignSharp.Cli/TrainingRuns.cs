using AlignSharp.Cli.Terminal;
using AlignSharp.Recipes;
using AlignSharp.Runtime;
using AlignSharp.Tracking;

namespace AlignSharp.Cli;

/// <summary>Runs the training recipes on the thread that tensors need, with notes and figures on standard error.</summary>
/// <param name="error">Standard error.</param>
/// <param name="view">Shows the run.</param>
internal sealed class TrainingRuns(TextWriter error, ITracker view)
{
    /// <summary>Runs DPO and answers with the exit code.</summary>
    public int Dpo(DpoRunOptions options, CancellationToken cancellation) => Run(host => DpoRecipe.Run(options, host, cancellation));

    /// <summary>Runs supervised fine-tuning and answers with the exit code.</summary>
    public int Sft(SftRunOptions options, CancellationToken cancellation) => Run(host => SftRecipe.Run(options, host, cancellation));

    private int Run(Func<RunHost, TrainingResult> recipe)
    {
        var result = TorchThread.Run(() =>
        {
            LibTorch.Load();
            var line = new CountingLine(error, "rows");
            return recipe(new RunHost(view, error.WriteLine) { Progress = (what, count) => line.Show(what, count) });
        });
        error.WriteLine(result.Interrupted
            ? $"interrupted after {result.Steps} updates; the state is in {Path.Combine(result.OutputDir, $"checkpoint-{result.Steps}")}"
            : $"done: {result.Steps} updates, the result is in {result.OutputDir}");
        return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }
}
