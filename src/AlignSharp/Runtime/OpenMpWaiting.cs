using System.Runtime.InteropServices;

namespace AlignSharp.Runtime;

/// <summary>
/// How libtorch's threads wait for one another. OpenMP's default is to spin; where anything else runs on the machine the spinning
/// threads take the processor from the one they wait for, and a small step becomes a hundred times slower.
/// </summary>
internal static partial class OpenMpWaiting
{
    private const string Policy = "OMP_WAIT_POLICY";

    // GNU's own variable: rounds of waiting before a thread sleeps, about a hundred thousand a millisecond.
    private const string SpinCount = "GOMP_SPINCOUNT";

    // Thirty microseconds: as long as it takes to wake a sleeping thread, so that waiting costs at most twice what sleeping would.
    private const string ShortSpin = "3000";

    /// <summary>Asks for sleeping after a short wait, unless the user has chosen; must come before libtorch is loaded.</summary>
    public static void PreferPassive()
    {
        if (Environment.GetEnvironmentVariable(Policy) is not null || Environment.GetEnvironmentVariable(SpinCount) is not null) return;
        Set(Policy, "passive");
        Set(SpinCount, ShortSpin);
    }

    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        // On Unix the runtime keeps its own copy of the environment, which native libraries do not see.
        if (!OperatingSystem.IsWindows()) _ = SetNative(name, value, 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
