using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using TorchSharp;

namespace AlignSharp.Diagnostics;

/// <summary>Looks at the machine and at this process and says whether training will work here, and how well.</summary>
public static class Doctor
{
    /// <summary>Gathers the facts and judges them. Takes up to about three seconds and 60 MiB; writes nothing but the relaxed library.</summary>
    /// <returns>The report; faults are findings in it, not exceptions.</returns>
    public static DoctorReport Examine()
    {
        // Available memory first: what the doctor itself takes should not count.
        var storage = ExamineStorage();
        var (libTorch, threads) = LoadLibTorch();
        var usable = libTorch.Failure is null;
        var report = new DoctorReport
        {
            AlignsharpVersion = typeof(Doctor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Runtime = ExamineRuntime(),
            Libtorch = libTorch,
            Devices = usable ? FindDevices() : [],
            Processor = ExamineProcessor(threads),
            Gemm = usable ? GemmProbe.Measure() : [],
            Storage = storage,
        };
        return report with { Findings = Judgement.Of(report) };
    }

    private static (LibTorchFacts Facts, int? Threads) LoadLibTorch()
    {
        try
        {
            var load = LibTorch.Load();
            var threads = ComputeThreads.Configure();
            return (new LibTorchFacts
            {
                Version = load.LibTorchVersion?.ToString(),
                Origin = load.Origin,
                LibtorchFile = load.LibTorchFile,
                TorchsharpFile = load.TorchSharpFile,
                RelaxedFile = load.RelaxedFile,
                LoadSeconds = load.Elapsed.TotalSeconds,
                SumIsRight = SumIsRight(),
            }, threads);
        }
        catch (ConfigurationException fault)
        {
            return (new LibTorchFacts { Failure = fault.Message }, null);
        }
        catch (Exception error) when (error is TypeInitializationException or ExternalException or EntryPointNotFoundException)
        {
            // The libraries loaded but do not fit one another.
            return (new LibTorchFacts { Failure = (error.InnerException ?? error).Message.ReplaceLineEndings(" ") }, null);
        }
    }

    private static bool SumIsRight()
    {
        using var ones = torch.ones(1000);
        using var sum = ones.sum();
        return sum.item<float>() == 1000f;
    }

    private static List<DeviceFacts> FindDevices()
    {
        var devices = new List<DeviceFacts> { new("cpu", MachineNames.Processor()) };
        if (!torch.cuda.is_available()) return devices;
        var names = MachineNames.NvidiaGpus();
        var count = torch.cuda.device_count();
        for (var i = 0; i < count; i++)
            devices.Add(new DeviceFacts($"cuda:{i}", names.Count == count ? names[i] : null));
        return devices;
    }

    private static RuntimeFacts ExamineRuntime() => new()
    {
        Framework = RuntimeInformation.FrameworkDescription,
        OperatingSystem = RuntimeInformation.OSDescription,
        RuntimeIdentifier = RuntimeInformation.RuntimeIdentifier,
        InvariantGlobalization = AppContext.TryGetSwitch("System.Globalization.Invariant", out var invariant) && invariant,
        NormalizesText = NormalizesText(),
    };

    private static bool NormalizesText()
    {
        try
        {
            return "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9" && "\u1e9b\u0323".Normalize(NormalizationForm.FormKC) == "\u1e69";
        }
        catch (PlatformNotSupportedException)
        {
            // Invariant globalization without ICU.
            return false;
        }
    }

    private static ProcessorFacts ExamineProcessor(int? threads)
    {
        var features = ProcessorFeatures.OfThisMachine;
        return new ProcessorFacts
        {
            LogicalProcessors = Environment.ProcessorCount,
            PhysicalCores = ComputeThreads.PhysicalCores,
            ComputeThreads = threads,
            OmpNumThreads = Environment.GetEnvironmentVariable(ComputeThreads.Variable),
            OmpWaitPolicy = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY"),
            VectorBits = features.VectorBits,
            Bf16 = features.MultipliesBfloat16,
            AmxBf16 = features.HasAmxBf16,
        };
    }

    private static StorageFacts ExamineStorage()
    {
        var memory = ProcessMemory.Now();
        return new StorageFacts
        {
            AvailableMemoryBytes = memory.AvailableBytes,
            ResidentBytes = memory.ResidentBytes,
            CacheFolder = UserCache.Folder,
            CacheFreeBytes = FreeSpace.At(UserCache.Folder),
            CurrentFolder = Environment.CurrentDirectory,
            CurrentFreeBytes = FreeSpace.At(Environment.CurrentDirectory),
        };
    }
}
