using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Architecture;

public class ShortLivedScalarsTests
{
    [Fact]
    public void The_engine_keeps_numbers_alive_while_libtorch_reads_them() => Assert.Empty(Find("AlignSharp.dll"));

    [Fact]
    public void Operators_that_do_not_are_found()
    {
        var found = Find("AlignSharp.Acceptance.dll");
        Assert.Contains(found, call => call.StartsWith($"{nameof(ShortLivedScalarsTests)}.{nameof(Sum)}:", StringComparison.Ordinal));
        Assert.Contains(found, call => call.StartsWith($"{nameof(ShortLivedScalarsTests)}.{nameof(Product)}:", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Find(string assembly) =>
        ShortLivedScalars.In(Path.Combine(AppContext.BaseDirectory, assembly), Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll"));

    // What the finder must find; never called.
    private static Tensor Sum(Tensor a, Tensor b) => a + b;

    private static Tensor Product(Tensor a) => a * 0.5;
}
