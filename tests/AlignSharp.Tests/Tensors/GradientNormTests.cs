using AlignSharp.Tensors;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class GradientNormTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 17)]
    [InlineData(ScalarType.Float32, 4095)]
    [InlineData(ScalarType.Float32, 4096)]
    [InlineData(ScalarType.Float32, 4097)]
    [InlineData(ScalarType.Float32, 100_003)]
    [InlineData(ScalarType.BFloat16, 4099)]
    [InlineData(ScalarType.Float64, 4099)]
    public void The_norm_is_the_root_of_all_squares(ScalarType type, int count)
    {
        using var scope = NewDisposeScope();
        var gradient = Fixed(type, count, count);
        var expected = Math.Sqrt(gradient.to(ScalarType.Float64).square().sum().item<double>());
        Assert.Equal(expected, GradientNorm.Of([gradient]), 1e-6 * expected);
    }

    [Fact]
    public void Gradients_of_all_shapes_types_and_strides_count_together()
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [full(3, 4, 2f), full(7, -1f, dtype: ScalarType.BFloat16), Strided(full(2, 5, 3f)), full(2, 2, 0.5, dtype: ScalarType.Float64), zeros(0), full(6, 8, 1f).narrow(1, 2, 3)];
        Assert.Equal(Math.Sqrt((12 * 4) + 7 + (10 * 9) + 1 + 18), GradientNorm.Of(gradients), 1e-6);
        Assert.Equal(0, GradientNorm.Of([]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_element_that_is_not_finite_is_enough(float bad)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            var gradient = ones(9001).to(type);
            gradient[9000] = tensor(bad).to(type);
            Assert.False(double.IsFinite(GradientNorm.Of([ones(3), gradient])));
        }
    }

    [Fact]
    public void Very_large_and_very_small_gradients_have_a_norm()
    {
        using var scope = NewDisposeScope();
        foreach (var size in new[] { 1e-15f, 1e15f }) Assert.Equal(1, GradientNorm.Of([full(100, size)]) / (10.0 * size), 1e-6);
    }

    [Fact]
    public void Clipping_only_ever_makes_gradients_smaller()
    {
        Assert.Equal(1, GradientNorm.ClippingFactor(0.5, 1));
        Assert.Equal(0.5, GradientNorm.ClippingFactor(4, 2), 1e-6);
        Assert.Equal(1, GradientNorm.ClippingFactor(1e9, 0));
        Assert.Equal(1, GradientNorm.ClippingFactor(0, 1));
    }
}
