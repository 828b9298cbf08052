namespace AlignSharp.Optimizers;

/// <summary>What one update of the parameters did.</summary>
/// <param name="GradNorm">L2 norm of the gradient over all trainable parameters, before clipping.</param>
/// <param name="LearningRate">Rate that this update used.</param>
public readonly record struct OptimizerUpdate(double GradNorm, double LearningRate);
