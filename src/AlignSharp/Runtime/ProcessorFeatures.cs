using System.Runtime.Intrinsics;

namespace AlignSharp.Runtime;

/// <summary>What this machine's processor offers to matrix products and to vector kernels.</summary>
/// <param name="VectorBits">Width of the widest vectors that .NET accelerates: 512, 256, 128, or 0 without any.</param>
/// <param name="HasAvx512Bf16">Whether it multiplies bfloat16 in 512-bit vectors; false where the system does not say.</param>
/// <param name="HasAmxBf16">Whether it multiplies bfloat16 in tiles; false where the system does not say.</param>
/// <param name="HasArmBf16">Whether an Arm processor multiplies bfloat16; false where the system does not say.</param>
public sealed record ProcessorFeatures(int VectorBits, bool HasAvx512Bf16, bool HasAmxBf16, bool HasArmBf16)
{
    /// <summary>The features of this machine. The bfloat16 ones are known on Linux only (/proc/cpuinfo).</summary>
    public static ProcessorFeatures OfThisMachine { get; } = Parse(ReadCpuInfo());

    /// <summary>Whether bfloat16 is multiplied natively, so that it is worth choosing over float32.</summary>
    public bool MultipliesBfloat16 => HasAvx512Bf16 || HasAmxBf16 || HasArmBf16;

    /// <summary>Reads the first line of flags ("flags" on x86, "Features" on Arm) of /proc/cpuinfo.</summary>
    internal static ProcessorFeatures Parse(string cpuInfo)
    {
        var line = cpuInfo.Split('\n').FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal)) ?? "";
        var flags = line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ProcessorFeatures(VectorWidth(), flags.Contains("avx512_bf16"), flags.Contains("amx_bf16"), flags.Contains("bf16"));
    }

    private static int VectorWidth() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static string ReadCpuInfo()
    {
        try
        {
            return File.Exists("/proc/cpuinfo") ? File.ReadAllText("/proc/cpuinfo") : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Hidden by a sandbox: then nothing is known.
            return "";
        }
    }
}
