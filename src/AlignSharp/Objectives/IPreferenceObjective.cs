namespace AlignSharp.Objectives;

/// <summary>A preference objective as a function of log-probabilities. What remembers earlier batches is an <see cref="IStatefulObjective"/> as well.</summary>
public interface IPreferenceObjective
{
    /// <summary>Computes losses and implicit rewards. Disposes nothing it is given.</summary>
    /// <param name="pairs">The pairs of a micro-batch; objectives that compare pairs with each other see no further.</param>
    /// <returns>Tensors owned by the caller's scope.</returns>
    ObjectiveResult Evaluate(ObjectiveInput pairs);
}
