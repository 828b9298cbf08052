namespace AlignSharp.Data.Faults;

/// <summary>A check of a result failed: merged against unmerged, or an environment check.</summary>
public sealed class VerificationException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public VerificationException(string message, Exception? inner = null) : base(message, inner) { }
}
