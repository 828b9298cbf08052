namespace AlignSharp.Data.Faults;

/// <summary>Memory, of the machine or the GPU, ran out where it is known on which rows, and so what to lower.</summary>
public sealed class MemoryExhaustedException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public MemoryExhaustedException(string message, Exception? inner = null) : base(message, inner) { }
}
