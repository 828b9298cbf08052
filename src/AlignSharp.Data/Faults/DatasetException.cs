namespace AlignSharp.Data.Faults;

/// <summary>A row or a whole data file cannot be used: malformed, missing a field, empty.</summary>
public sealed class DatasetException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public DatasetException(string message, Exception? inner = null) : base(message, inner) { }
}
