using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AlignSharp.Cli;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Acceptance;

public class ExitCodesTests
{
    [SuppressMessage("Usage", "CA2201", Justification = "The runtime's own exceptions are what the codes are for.")]
    public static TheoryData<Exception, int> Faults => new()
    {
        { new ConfigurationException("x"), 2 },
        { new ArtifactException("x"), 2 },
        { new DatasetException("x"), 3 },
        { new DiskFullException("x"), 4 },
        { new IOException("No space left", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28), 4 },
        { new OutOfMemoryException(), 5 },
        { new MemoryExhaustedException("x"), 5 },
        { new ExternalException("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000000000000 bytes."), 5 },
        { new ExternalException("CUDA out of memory. Tried to allocate 20.00 GiB"), 5 },
        { new DivergenceException("x"), 6 },
        { new VerificationException("x"), 7 },
        { new OperationCanceledException(), 75 },
        { new ExternalException("mat1 and mat2 shapes cannot be multiplied"), 1 },
        { new IOException("unknown"), 1 },
        { new InvalidOperationException("x"), 1 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_fault_has_the_code_of_the_contract(Exception fault, int expected)
    {
        ArgumentNullException.ThrowIfNull(fault);
        Assert.Equal(expected, ExitCodes.Of(fault));
    }

    [Fact]
    public void Libtorchs_own_report_of_a_failed_allocation_is_out_of_memory()
    {
        var fault = Assert.ThrowsAny<Exception>(() => TorchSharp.torch.empty(1L << 50));
        Assert.Equal(5, ExitCodes.Of(fault));
    }
}
