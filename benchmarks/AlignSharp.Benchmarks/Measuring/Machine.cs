using System.Globalization;
using AlignSharp.Diagnostics;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>Where figures were measured.</summary>
/// <param name="Cpu">Name of the processor, or null where the system does not say.</param>
/// <param name="Cores">Physical cores that the process may use.</param>
/// <param name="VectorBits">Width of the vectors that .NET accelerates.</param>
/// <param name="Bf16">Whether the processor multiplies bfloat16 natively.</param>
/// <param name="Libtorch">Version of libtorch.</param>
/// <param name="Threads">Threads of libtorch inside one operation.</param>
/// <param name="Waiting">How OpenMP's threads wait (<c>OMP_WAIT_POLICY</c>).</param>
/// <param name="Dotnet">The .NET runtime.</param>
/// <param name="Date">Day of the measurement, UTC.</param>
internal sealed record Machine(string? Cpu, int Cores, int VectorBits, bool Bf16, string? Libtorch, int? Threads, string? Waiting, string Dotnet, string Date)
{
    /// <summary>Describes this machine; sets libtorch's threads as the command does.</summary>
    public static Machine Examine()
    {
        var report = Doctor.Examine();
        var processor = report.Processor;
        return new Machine(
            report.Devices.FirstOrDefault(device => device.Name == "cpu")?.Description, processor.PhysicalCores, processor.VectorBits,
            processor.Bf16 || processor.AmxBf16, report.Libtorch.Version, processor.ComputeThreads, processor.OmpWaitPolicy,
            report.Runtime.Framework, DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>One line.</summary>
    public override string ToString() =>
        $"{Cpu ?? "unknown processor"}, {Cores} cores, {VectorBits}-bit vectors, native bfloat16: {(Bf16 ? "yes" : "no")}; libtorch {Libtorch}, {Threads} threads, waiting {Waiting ?? "active"}; {Dotnet}; {Date}";
}
