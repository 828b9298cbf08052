namespace AlignSharp.Data.Faults;

/// <summary>
/// A fault that a user can understand and mend. Its message is one line: where (file, row, tensor or key), what was found,
/// what was expected, and the remedy. The command line prints the message alone and picks the exit code by the derived type.
/// </summary>
public abstract class AlignSharpException : Exception
{
    /// <summary>Creates the fault.</summary>
    /// <param name="message">One line: where, what, and the remedy.</param>
    /// <param name="inner">The error that revealed it, if any.</param>
    protected AlignSharpException(string message, Exception? inner = null) : base(message, inner) { }
}
