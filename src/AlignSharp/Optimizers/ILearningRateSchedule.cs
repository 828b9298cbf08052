namespace AlignSharp.Optimizers;

/// <summary>How the learning rate changes over a run.</summary>
public interface ILearningRateSchedule
{
    /// <summary>Factor on the base rate.</summary>
    /// <param name="updates">Number of updates done before, from 0.</param>
    double Factor(int updates);
}
