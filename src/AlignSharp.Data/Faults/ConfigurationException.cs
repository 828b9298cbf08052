namespace AlignSharp.Data.Faults;

/// <summary>An option, a configuration key or a path that was asked for is wrong or missing; nothing has been computed yet.</summary>
public sealed class ConfigurationException : AlignSharpException
{
    /// <inheritdoc cref="AlignSharpException(string, Exception)"/>
    public ConfigurationException(string message, Exception? inner = null) : base(message, inner) { }
}
