using AlignSharp.Optimizers;

namespace AlignSharp.Diagnostics;

/// <summary>What optimizers keep in private memory.</summary>
internal static class OptimizerMemory
{
    private const string Paged = "paged_";

    /// <summary>Bytes of an optimizer's states; of one that pages them to a file those of the small tensors alone, which stay in memory.</summary>
    /// <param name="shape">What is trained, and by which optimizer.</param>
    /// <exception cref="Data.Faults.ConfigurationException">The optimizer or an argument of it is not known.</exception>
    public static long StateBytes(TrainingShape shape)
    {
        var isPaged = shape.Optimizer.StartsWith(Paged, StringComparison.Ordinal);
        return Registry.StateBytes(shape.Optimizer, shape.Trained.Where(parameter => !isPaged || parameter.Elements < StateStorage.FewestPagedElements), shape.OptimizerArguments);
    }
}
