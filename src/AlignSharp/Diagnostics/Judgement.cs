using System.Globalization;
using AlignSharp.Runtime;

namespace AlignSharp.Diagnostics;

/// <summary>The doctor's rules: from facts to findings.</summary>
internal static class Judgement
{
    private const long GiB = 1L << 30;
    private const string ExpectedLibTorch = "2.10";

    internal static IReadOnlyList<Finding> Of(DoctorReport report) =>
    [
        .. OfLibTorch(report.Libtorch),
        .. OfThreads(report.Processor),
        .. OfVectors(report.Processor),
        .. OfDtypes(report.Gemm),
        .. OfStorage(report.Storage),
        OfText(report.Runtime),
    ];

    private static IEnumerable<Finding> OfLibTorch(LibTorchFacts facts)
    {
        if (facts.Failure is { } failure)
        {
            yield return new Finding(FindingLevel.Fault, $"libtorch is not usable: {failure.TrimEnd('.')}", "docs/guide/libtorch.md lists the places that are searched");
            yield break;
        }
        yield return facts.SumIsRight
            ? new Finding(FindingLevel.Ok, $"libtorch {facts.Version ?? "of unknown version"} works, from {Place(facts.Origin)}")
            : new Finding(FindingLevel.Fault, $"libtorch computes wrongly: the sum of 1000 ones is not 1000 ({facts.LibtorchFile})", "use the libtorch package of the build: unset ALIGNSHARP_LIBTORCH, restore and build again");
        if (facts.Version is null || !facts.Version.StartsWith(ExpectedLibTorch + ".", StringComparison.Ordinal))
            yield return new Finding(FindingLevel.Warning, $"libtorch is {facts.Version ?? "of unknown version"}, TorchSharp was built for {ExpectedLibTorch}", $"name a libtorch {ExpectedLibTorch} folder in ALIGNSHARP_LIBTORCH");
        if (facts.RelaxedFile is null) yield break;
        yield return File.Exists(facts.RelaxedFile)
            ? new Finding(FindingLevel.Ok, $"this system's C++ library lacks GLIBCXX_3.4.32: a relaxed copy of TorchSharp's library is loaded ({facts.RelaxedFile})")
            : new Finding(FindingLevel.Warning, "the relaxed copy of TorchSharp's library could not be kept: the cache folder is not writable, so each start makes it anew", $"make {UserCache.Folder} writable or name another folder in {UserCache.Variable}");
    }

    private static IEnumerable<Finding> OfThreads(ProcessorFacts facts)
    {
        if (facts.ComputeThreads is not { } threads) yield break;
        yield return (threads, facts.PhysicalCores) switch
        {
            var (used, cores) when used > cores => new Finding(FindingLevel.Warning, $"{used} compute threads on {cores} physical cores", $"set {ComputeThreads.Variable} to {cores} or less"),
            var (used, cores) when used == 1 && cores > 1 => new Finding(FindingLevel.Warning, $"1 compute thread although {cores} physical cores are free to use", $"unset {ComputeThreads.Variable}"),
            var (used, cores) => new Finding(FindingLevel.Ok, $"{used} compute threads on {cores} physical cores"),
        };
        if (string.Equals(facts.OmpWaitPolicy, "active", StringComparison.OrdinalIgnoreCase))
            yield return new Finding(FindingLevel.Warning, "OMP_WAIT_POLICY is active: waiting threads take the processor from others", "set it to passive or unset it");
    }

    private static IEnumerable<Finding> OfVectors(ProcessorFacts facts)
    {
        yield return facts.VectorBits >= 256
            ? new Finding(FindingLevel.Ok, $"kernels use {facts.VectorBits}-bit vectors")
            : new Finding(FindingLevel.Warning, $"kernels use {(facts.VectorBits == 0 ? "no vectors" : $"{facts.VectorBits}-bit vectors")}: training is slow here", "use a processor with AVX2 or better; unset DOTNET_EnableAVX2 if it is 0");
    }

    private static IEnumerable<Finding> OfDtypes(IReadOnlyList<GemmSpeed> gemm)
    {
        var float32 = gemm.FirstOrDefault(speed => speed.Dtype == "float32");
        var bfloat16 = gemm.FirstOrDefault(speed => speed.Dtype == "bfloat16");
        if (float32 is null || bfloat16 is null) yield break;
        var ratio = (bfloat16.Gflops / float32.Gflops).ToString("0.0", CultureInfo.InvariantCulture);
        // A tenth is within the noise of so short a measurement.
        yield return bfloat16.Gflops >= 0.9 * float32.Gflops
            ? new Finding(FindingLevel.Ok, $"bfloat16 products are {ratio} times as fast as float32")
            : new Finding(FindingLevel.Warning, $"bfloat16 products are {ratio} times as fast as float32", "train with dtype float32 on this machine unless memory is short");
    }

    private static IEnumerable<Finding> OfStorage(StorageFacts facts)
    {
        yield return facts.AvailableMemoryBytes >= 2 * GiB
            ? new Finding(FindingLevel.Ok, $"{InGiB(facts.AvailableMemoryBytes)} of memory available")
            : new Finding(FindingLevel.Warning, $"only {InGiB(facts.AvailableMemoryBytes)} of memory available", "close other programs or raise the container's limit");
        foreach (var (name, folder, free) in new[] { ("current folder", facts.CurrentFolder, facts.CurrentFreeBytes), ("cache", facts.CacheFolder, facts.CacheFreeBytes) })
        {
            if (free is not { } bytes) continue;
            yield return bytes >= 2 * GiB
                ? new Finding(FindingLevel.Ok, $"{InGiB(bytes)} of disk free for the {name}")
                : new Finding(FindingLevel.Warning, $"only {InGiB(bytes)} of disk free for the {name} ({folder})", "free some space or work on another disk");
        }
    }

    private static Finding OfText(RuntimeFacts facts) => facts.NormalizesText
        ? new Finding(FindingLevel.Ok, "text is normalised rightly (NFC, NFKC)")
        : new Finding(FindingLevel.Fault, "text is not normalised: tokenizers would give other ids", "install ICU (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");

    private static string Place(NativeOrigin? origin) => origin switch
    {
        NativeOrigin.EnvironmentVariable => "ALIGNSHARP_LIBTORCH",
        NativeOrigin.Application => "the application's folder",
        _ => "the package folder",
    };

    private static string InGiB(long bytes) => (bytes / (double)GiB).ToString("0.0", CultureInfo.InvariantCulture) + " GiB";
}
