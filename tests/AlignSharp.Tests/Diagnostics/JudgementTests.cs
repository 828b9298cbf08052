using AlignSharp.Diagnostics;
using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Diagnostics;

public sealed class JudgementTests
{
    private static readonly DoctorReport Healthy = new()
    {
        AlignsharpVersion = "0",
        Runtime = new() { Framework = "", OperatingSystem = "", RuntimeIdentifier = "", InvariantGlobalization = false, NormalizesText = true },
        Libtorch = new() { Version = "2.10.0", Origin = NativeOrigin.Packages, SumIsRight = true },
        Devices = [new("cpu", null)],
        Processor = new() { LogicalProcessors = 8, PhysicalCores = 4, ComputeThreads = 4, VectorBits = 512, Bf16 = true, AmxBf16 = false },
        Gemm = [new("float32", 100), new("bfloat16", 200), new("float16", 20)],
        Storage = new() { AvailableMemoryBytes = 8L << 30, ResidentBytes = 1, CacheFolder = "c", CacheFreeBytes = 9L << 30, CurrentFolder = "d", CurrentFreeBytes = 9L << 30 },
    };

    [Fact]
    public void A_healthy_machine_has_only_good_findings() => Assert.All(Judgement.Of(Healthy), finding => Assert.Equal(FindingLevel.Ok, finding.Level));

    [Fact]
    public void Libtorch_that_does_not_load_is_a_fault() =>
        One(Healthy with { Libtorch = new() { Failure = "not found; build again." } }, FindingLevel.Fault, "not found; build again");

    [Fact]
    public void A_wrong_sum_is_a_fault() =>
        One(Healthy with { Libtorch = Healthy.Libtorch with { SumIsRight = false } }, FindingLevel.Fault, "computes wrongly");

    [Theory]
    [InlineData("2.1.0")]
    [InlineData("2.9.1")]
    [InlineData(null)]
    public void Another_version_of_libtorch_is_a_warning(string? version) =>
        One(Healthy with { Libtorch = Healthy.Libtorch with { Version = version } }, FindingLevel.Warning, "built for 2.10");

    [Fact]
    public void A_relaxed_copy_that_could_not_be_kept_is_a_warning() =>
        One(Healthy with { Libtorch = Healthy.Libtorch with { RelaxedFile = "/no/such/file" } }, FindingLevel.Warning, "could not be kept");

    [Theory]
    [InlineData(1, "1 compute thread although 4")]
    [InlineData(8, "8 compute threads on 4")]
    public void Too_few_or_too_many_threads_are_a_warning(int threads, string what) =>
        One(Healthy with { Processor = Healthy.Processor with { ComputeThreads = threads } }, FindingLevel.Warning, what);

    [Fact]
    public void Active_waiting_is_a_warning() =>
        One(Healthy with { Processor = Healthy.Processor with { OmpWaitPolicy = "ACTIVE" } }, FindingLevel.Warning, "OMP_WAIT_POLICY");

    [Fact]
    public void Narrow_vectors_are_a_warning() =>
        One(Healthy with { Processor = Healthy.Processor with { VectorBits = 0 } }, FindingLevel.Warning, "no vectors");

    [Fact]
    public void Slow_bfloat16_is_a_warning_that_names_the_other_dtype() =>
        One(Healthy with { Gemm = [new("float32", 100), new("bfloat16", 10)] }, FindingLevel.Warning, "0.1 times as fast as float32");

    [Fact]
    public void Little_memory_is_a_warning() =>
        One(Healthy with { Storage = Healthy.Storage with { AvailableMemoryBytes = 1 << 30 } }, FindingLevel.Warning, "only 1.0 GiB of memory");

    [Fact]
    public void A_full_disk_is_a_warning() =>
        One(Healthy with { Storage = Healthy.Storage with { CurrentFreeBytes = 0 } }, FindingLevel.Warning, "only 0.0 GiB of disk free for the current folder");

    [Fact]
    public void Text_that_is_not_normalised_is_a_fault() =>
        One(Healthy with { Runtime = Healthy.Runtime with { NormalizesText = false } }, FindingLevel.Fault, "not normalised");

    private static void One(DoctorReport report, FindingLevel level, string what)
    {
        var finding = Assert.Single(Judgement.Of(report), finding => finding.Level != FindingLevel.Ok);
        Assert.Equal(level, finding.Level);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
        Assert.NotNull(finding.Remedy);
        Assert.Equal(level == FindingLevel.Fault, (report with { Findings = [finding] }).HasFault);
    }
}
