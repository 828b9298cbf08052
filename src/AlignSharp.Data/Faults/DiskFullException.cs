namespace AlignSharp.Data.Faults;

/// <summary>A file could not be written because the disk or the user's quota is full; nothing partial remains under its final name.</summary>
public sealed class DiskFullException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public DiskFullException(string message, Exception? inner = null) : base(message, inner) { }
}
