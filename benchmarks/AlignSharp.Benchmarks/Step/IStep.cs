namespace AlignSharp.Benchmarks.Step;

/// <summary>One of the two contestants: trains its own adapter on the batches of a shape.</summary>
internal interface IStep : IDisposable
{
    /// <summary>Forward, backward and update.</summary>
    /// <param name="step">Number of the batch, from 0.</param>
    /// <returns>Mean loss of the batch before the update.</returns>
    double Run(int step);
}
