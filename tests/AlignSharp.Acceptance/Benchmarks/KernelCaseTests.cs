using AlignSharp.Benchmarks.Kernels;
using AlignSharp.Benchmarks.Shapes;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Benchmarks;

public class KernelCaseTests
{
    // Both sides sum in orders of their own.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Operators => [.. KernelsCommand.Cases.Keys];

    [Theory, MemberData(nameof(Operators))]
    public void An_operator_and_its_baseline_give_the_same_results_and_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var model = new ModelShape(Hidden: 32, Layers: 1, Heads: 4, KvHeads: 2, Inter: 48, Vocab: 96);
        using var kernel = KernelsCommand.Cases[name](new KernelSizes(model, ScalarType.Float32, Pairs: 2, Length: 5));
        Assert.Equal(name, kernel.Name);
        var (result, gradients) = KernelRun.Compare(kernel);
        Assert.InRange(result, 0, Tolerance);
        Assert.InRange(gradients, 0, Tolerance);
    }
}
