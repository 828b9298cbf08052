using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Runtime;
using AlignSharp.Tensors;

namespace AlignSharp.Benchmarks.Step;

/// <summary>Where the time of our step goes.</summary>
/// <param name="Shape">Name of the shape.</param>
/// <param name="Ms">A step, the mean of those recorded.</param>
/// <param name="OutsideMs">What of it no kernel ran: libtorch's small operators, its graph, and managed code between kernels.</param>
/// <param name="Kernels">The kernels, the longest first.</param>
internal sealed record StepProfile(string Shape, double Ms, double OutsideMs, IReadOnlyList<StepProfile.Row> Kernels)
{
    private const int Shown = 14;

    /// <summary>Measures some steps of our side alone.</summary>
    /// <param name="shape">The shape.</param>
    public static StepProfile Measure(StepShape shape)
    {
        using var model = StepModel.Random(shape);
        using var step = new OurStep(shape, model);
        for (var i = 0; i < StepShape.WarmUp; i++) step.Run(i);
        using var profile = KernelProfile.Start();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < shape.Steps; i++) step.Run(StepShape.WarmUp + i);
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds / shape.Steps;
        var threads = ComputeThreads.PhysicalCores;
        Row[] rows = [.. profile.Times.Select(time => new Row(
            time.Kernel, time.Calls / shape.Steps, time.Elapsed.TotalMilliseconds / shape.Steps, (threads * time.Elapsed - time.Busy).TotalMilliseconds / threads / shape.Steps))];
        return new StepProfile(shape.Name, ms, ms - rows.Sum(row => row.Ms), rows);
    }

    /// <summary>Prints the longest kernels and what is left.</summary>
    /// <param name="output">Where to.</param>
    public void Print(TextWriter output)
    {
        output.WriteLine();
        var table = new TextTable(output, ($"ours, {Shape}: kernels", 28), ("calls", 6), ("ms", 8), ("waiting", 8), ("share", 6));
        foreach (var row in Kernels.Take(Shown)) table.Row(row.Kernel, $"{row.Calls}", TextTable.Number(row.Ms), TextTable.Number(row.WaitingMs), TextTable.Number(row.Ms / Ms));
        table.Row("outside of kernels", "", TextTable.Number(OutsideMs), "", TextTable.Number(OutsideMs / Ms));
    }

    /// <summary>A kernel in a step.</summary>
    /// <param name="Kernel">Its name.</param>
    /// <param name="Calls">Calls a step.</param>
    /// <param name="Ms">Time a step.</param>
    /// <param name="WaitingMs">What of it a thread waited for another, the mean over the threads.</param>
    internal sealed record Row(string Kernel, int Calls, double Ms, double WaitingMs);
}
