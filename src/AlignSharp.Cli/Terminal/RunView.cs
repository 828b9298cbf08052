using System.Diagnostics;
using System.Globalization;
using AlignSharp.Tracking;

namespace AlignSharp.Cli.Terminal;

/// <summary>
/// Shows a run while it goes: on a terminal one line that is drawn over, with a bar and the figures that matter; in a file or a
/// pipe a line per logged step.
/// </summary>
internal sealed class RunView(TextWriter error, bool isTerminal, int width) : ITracker
{
    private const int BarCells = 24;
    private const string EraseLine = "\r\u001b[2K";
    private readonly Stopwatch _clock = new();
    private RunStart _run = new("", 0);
    private int _firstStep = -1;
    private TimeSpan _firstAt;

    public void Start(RunStart run)
    {
        _run = run;
        _firstStep = -1;
        _clock.Restart();
        if (isTerminal) Draw($"{Bar(0)} {run.Name}: 0/{run.TotalSteps}");
        else error.WriteLine($"{run.Name}: {run.TotalSteps} updates");
    }

    public void Record(StepMetrics metrics)
    {
        var text = Figures(metrics);
        if (isTerminal) Draw($"{Bar(metrics.Step / (double)Math.Max(1, _run.TotalSteps))} {metrics.Step}/{_run.TotalSteps}{Remaining(metrics.Step)}  {text}");
        else error.WriteLine($"step {metrics.Step}/{_run.TotalSteps}  {text}");
    }

    public void Record(EvaluationMetrics metrics)
    {
        var text = $"evaluation at step {metrics.Step}: {Figures(metrics.Batch)}";
        error.WriteLine(isTerminal ? EraseLine + text : text);
    }

    public void Finish()
    {
        if (isTerminal) error.WriteLine();
    }

    private static string Figures(StepMetrics metrics) => $"{Figures(metrics.Batch)}  lr {Number(metrics.LearningRate, "0.0e0")}";

    private static string Figures(BatchMetrics batch)
    {
        var loss = $"loss {Number(batch.Loss, "0.0000")}";
        return batch.Preference is { } p
            ? $"{loss}  reward accuracy {Number(p.RewardsAccuracies, "0.00")}  margin {Number(p.RewardsMargins, "0.00")}"
            : $"{loss}  token accuracy {Number(batch.MeanTokenAccuracy, "0.00")}";
    }

    // Stands before the figures, for a narrow terminal cuts the line's end. The first steps are slower than the rest, so the rate is taken from the first logged step on.
    private string Remaining(int step)
    {
        if (_firstStep < 0) (_firstStep, _firstAt) = (step, _clock.Elapsed);
        if (step <= _firstStep) return "";
        var perStep = (_clock.Elapsed - _firstAt) / (step - _firstStep);
        var left = perStep * (_run.TotalSteps - step);
        return left.TotalHours >= 1 ? $", {(int)left.TotalHours} h {left.Minutes:00} min left" : $", {(int)left.TotalMinutes}:{left.Seconds:00} left";
    }

    private static string Bar(double share)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * BarCells);
        return new string('█', full) + new string('░', BarCells - full);
    }

    private void Draw(string line) => error.Write(EraseLine + (line.Length < width ? line : line[..(width - 1)]));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
