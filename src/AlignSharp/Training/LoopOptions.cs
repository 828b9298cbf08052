namespace AlignSharp.Training;

/// <summary>What the training loop needs to know besides task, plan, optimizer and schedule.</summary>
public sealed record LoopOptions
{
    /// <summary>Base learning rate, which the schedule scales.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Updates between logged steps (<c>logging_steps</c>); 0 for never.</summary>
    public int LoggingSteps { get; init; } = 10;

    /// <summary>Whether the first step is logged whatever <see cref="LoggingSteps"/> is (<c>logging_first_step</c>).</summary>
    public bool LogFirstStep { get; init; }

    /// <summary>Updates between evaluations; 0 for never.</summary>
    public int EvaluationSteps { get; init; }

    /// <summary>Updates between checkpoints; 0 for never.</summary>
    public int SaveSteps { get; init; }
}
