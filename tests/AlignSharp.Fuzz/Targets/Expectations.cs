using AlignSharp.Data.Faults;

namespace AlignSharp.Fuzz.Targets;

/// <summary>What must hold whatever the input was.</summary>
internal static class Expectations
{
    // A message quotes what it complains about; a whole file quoted is no message.
    private const int LongestMessage = 2_000;

    /// <summary>A fault for users is one line.</summary>
    public static void OneLine(AlignSharpException fault)
    {
        if (fault.Message.AsSpan().IndexOfAny('\n', '\r') >= 0) throw new InvalidOperationException($"the message has several lines: {fault.Message}", fault);
        if (fault.Message.Length > LongestMessage) throw new InvalidOperationException($"the message has {fault.Message.Length} characters: {fault.Message[..200]}...", fault);
    }

    /// <summary>Runs a part of a target whose fault must not keep the next part from running.</summary>
    public static void ResultOrFault(Action part)
    {
        try
        {
            part();
        }
        catch (AlignSharpException fault)
        {
            OneLine(fault);
        }
    }

    public static void Hold(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException(what);
    }
}
