namespace AlignSharp.Optimizers;

/// <summary>What one update is to a parameter.</summary>
/// <param name="LearningRate">Rate.</param>
/// <param name="WeightDecay">Decay of this parameter.</param>
/// <param name="GradientScale">Factor on the gradient, from clipping.</param>
/// <param name="Number">Number of this update, from 1.</param>
internal readonly record struct UpdateStep(double LearningRate, double WeightDecay, double GradientScale, int Number);
