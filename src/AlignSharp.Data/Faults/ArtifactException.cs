namespace AlignSharp.Data.Faults;

/// <summary>A model, tokenizer or adapter folder cannot be used: unreadable, inconsistent, unsupported by name, or with values that are not finite.</summary>
public sealed class ArtifactException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public ArtifactException(string message, Exception? inner = null) : base(message, inner) { }
}
