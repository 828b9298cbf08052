namespace AlignSharp.Recipes;

/// <summary>A number of updates as transformers writes it: whole from 1, and below 1 a fraction of all updates.</summary>
/// <param name="Value">0 or more.</param>
public readonly record struct StepInterval(double Value)
{
    /// <summary>The number of updates, a fraction rounded up.</summary>
    /// <param name="maxSteps">Updates in the whole run.</param>
    public int Resolve(int maxSteps) => Value < 1 ? (int)Math.Ceiling(maxSteps * Value) : (int)Value;
}
