using System.Buffers;

namespace AlignSharp.Data.Faults;

/// <summary>
/// A fault that a user can understand and mend. Its message is one line: where (file, row, tensor or key), what was found,
/// what was expected, and the remedy. The command line prints the message alone and picks the exit code by the derived type.
/// </summary>
public abstract class AlignSharpException : Exception
{
    // Where stands at the begin of a message and the remedy at its end.
    private const int LongestMessage = 1_500, KeptEnd = 300;
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\f\u0085\u2028\u2029");

    /// <summary>Creates the fault.</summary>
    /// <param name="message">One line: where, what, and the remedy.</param>
    /// <param name="inner">The error that revealed it, if any.</param>
    protected AlignSharpException(string message, Exception? inner = null) : base(OneLine(message), inner) { }

    /// <summary>Messages quote what they complain about, which may have lines of its own or be as long as its file.</summary>
    private static string OneLine(string message)
    {
        if (message.Length > LongestMessage) message = $"{message[..(LongestMessage - KeptEnd)]} ... {message[^KeptEnd..]}";
        return message.AsSpan().IndexOfAny(LineEnds) < 0 ? message : message.ReplaceLineEndings(" ");
    }
}
