using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;

namespace AlignSharp.Benchmarks.Step;

/// <summary>What a process that runs one side alone says of its memory, in MiB.</summary>
/// <param name="PeakMib">Most resident memory since it started (VmHWM).</param>
/// <param name="FirstMib">Resident memory after a tenth of the steps.</param>
/// <param name="LastMib">Resident memory after the last step.</param>
internal sealed record SideRun(double PeakMib, double FirstMib, double LastMib)
{
    /// <summary>Name of the option that makes <c>step</c> run one side alone; the program gives it to itself.</summary>
    public const string Option = "only";

    private const int LargestBatchSteps = 3;
    private const double MiB = 1 << 20;

    /// <summary>Measures one side's peak in a process of its own.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="side"><c>ours</c> or <c>baseline</c>, over the largest batch; <c>memory</c>: ours over all batches.</param>
    public static SideRun InChild(StepShape shape, string side) => ChildProcess.Run<SideRun>(["step", $"--{Option}={side}", .. shape.ToWords()]);

    /// <summary>What the child does.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="side">The value of <see cref="Option"/>.</param>
    /// <exception cref="ConfigurationException">The side is not known.</exception>
    public static SideRun Measure(StepShape shape, string side)
    {
        using var model = StepModel.Random(shape);
        using IStep step = side switch
        {
            "ours" or "memory" => new OurStep(shape, model),
            "baseline" => new EagerStep(shape, model),
            _ => throw new ConfigurationException($"option --{Option}: {side} is not known; expected ours, baseline or memory"),
        };
        int[] steps = side == "memory" ? [.. Enumerable.Range(0, shape.Batches)] : [.. Enumerable.Repeat(LargestBatch(shape, side), LargestBatchSteps)];
        var first = 0.0;
        for (var i = 0; i < steps.Length; i++)
        {
            step.Run(steps[i]);
            if (i == steps.Length / 10) first = ProcessMemory.Now().ResidentBytes;
        }
        var memory = ProcessMemory.Now();
        return new SideRun(memory.PeakBytes / MiB, first / MiB, memory.ResidentBytes / MiB);
    }

    // The batch whose step takes most memory: packed tokens for us, rows times longest row for the baseline.
    private static int LargestBatch(StepShape shape, string side) => Enumerable.Range(0, shape.Batches).MaxBy(step =>
    {
        var pairs = RandomPairs.Batch(shape, step);
        return side == "baseline"
            ? pairs.Max(pair => pair.PromptIds.Length + Math.Max(pair.ChosenIds.Length, pair.RejectedIds.Length))
            : pairs.Sum(pair => pair.PackedTokens);
    });
}
