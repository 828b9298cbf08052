using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Adapters.Lora.Starts;

public class LoftQTests
{
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(1, 2.0)]
    [InlineData(5, 1.0)]
    [InlineData(5, 0.5)]
    public void With_its_update_the_quantised_weight_is_nearer_to_the_weight(int iterations, double scaling)
    {
        using var scope = NewDisposeScope();
        var weight = Weight();
        var alone = (weight - Grid(weight)).norm().item<float>();
        var (a, b, quantized) = LoftQ.Decompose(weight, Grid, 4, scaling, iterations);
        Assert.Equal([4, 24], a.shape);
        Assert.Equal([16, 4], b.shape);
        Assert.Equal(0, TensorCompare.Absolute(quantized, Grid(quantized))); // values of the grid
        Assert.InRange((weight - quantized - b.mm(a) * scaling).norm().item<float>(), 0, 0.85 * alone);
    }

    [Fact]
    public void The_first_turn_is_the_best_update_of_its_rank_for_what_quantisation_left()
    {
        using var scope = NewDisposeScope();
        var weight = Weight();
        var (a, b, quantized) = LoftQ.Decompose(weight, Grid, 3, 1, 1);
        Assert.Equal(0, TensorCompare.Absolute(Grid(weight), quantized));
        // Eckart and Young: what is left has the norm of the other singular values.
        var others = linalg.svdvals(weight - quantized).narrow(0, 3, 13).norm().item<float>();
        Assert.Equal(others, (weight - quantized - b.mm(a)).norm().item<float>(), 1e-4);
    }

    [Fact]
    public void A_rank_of_the_whole_weight_leaves_nothing()
    {
        using var scope = NewDisposeScope();
        var weight = Weight();
        var (a, b, quantized) = LoftQ.Decompose(weight, Grid, 16, 2, 1);
        Assert.InRange(TensorCompare.Absolute(weight, quantized + b.mm(a) * 2), 0, 1e-5);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => LoftQ.Decompose(Weight(), Grid, 17, 1, 1));
        Assert.Throws<ArgumentException>(() => LoftQ.Decompose(Weight(), x => x.t(), 2, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoftQ.Decompose(Weight(), Grid, 2, 1, 0));
    }

    private static Tensor Weight()
    {
        using var generator = new Generator(5, CPU);
        return randn([16, 24], generator: generator);
    }

    private static Tensor Grid(Tensor values) => (values * 2).round() / 2;
}
