namespace AlignSharp.Data.Faults;

/// <summary>Training produced values that are not finite, and stopped.</summary>
public sealed class DivergenceException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public DivergenceException(string message, Exception? inner = null) : base(message, inner) { }
}
