namespace AlignSharp.Recipes.Configuration;

/// <summary>Heading under which a key stands in the help and in docs/configuration.md, in reading order.</summary>
public enum KeyGroup
{
    /// <summary>Which model, reference and precision.</summary>
    Model,

    /// <summary>LoRA.</summary>
    Adapter,

    /// <summary>Rows, splits, lengths and their order.</summary>
    Data,

    /// <summary>The loss.</summary>
    Objective,

    /// <summary>Batches and the optimizer.</summary>
    Optimisation,

    /// <summary>How long, and the learning rate over time.</summary>
    Schedule,

    /// <summary>When and how to evaluate.</summary>
    Evaluation,

    /// <summary>Checkpoints, metrics and the output folder.</summary>
    SavingAndLogging,

    /// <summary>Device, threads, seeds and the dry run.</summary>
    Runtime,
}
