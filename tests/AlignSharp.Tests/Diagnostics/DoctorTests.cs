using AlignSharp.Diagnostics;
using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Diagnostics;

public sealed class DoctorTests
{
    [Fact]
    public void This_machine_is_examined_without_a_fault()
    {
        var report = TorchThread.Run(Doctor.Examine);
        Assert.False(report.HasFault, string.Join("; ", report.Findings));
        Assert.Equal("cpu", report.Devices[0].Name);
        Assert.Equal(["float32", "bfloat16", "float16"], report.Gemm.Select(speed => speed.Dtype));
        Assert.All(report.Gemm, speed => Assert.True(speed.Gflops > 0));
        Assert.True(report.Libtorch.SumIsRight);
        Assert.NotEmpty(report.Findings);
    }
}
