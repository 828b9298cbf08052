using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class FiniteCheckTests
{
    [Theory]
    [InlineData(float.NaN, ScalarType.Float32)]
    [InlineData(float.PositiveInfinity, ScalarType.Float32)]
    [InlineData(float.NegativeInfinity, ScalarType.BFloat16)]
    [InlineData(float.NaN, ScalarType.Float16)]
    [InlineData(float.NaN, ScalarType.Float64)]
    public void One_bad_value_is_refused_with_file_and_tensor(float bad, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var weight = ones(1000);
        weight[777] = bad;
        var error = Assert.Throws<ArtifactException>(() => FiniteCheck.Require(weight.to(dtype), "model.safetensors", "norm.weight"));
        Assert.StartsWith("model.safetensors: tensor 'norm.weight' has 1 of 1000 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_finite_values_integers_and_empty_tensors_pass()
    {
        using var scope = NewDisposeScope();
        FiniteCheck.Require(full(1000, 65504f, ScalarType.Float16), "f", "w");
        FiniteCheck.Require(full(1000, float.MaxValue), "f", "w");
        FiniteCheck.Require(full(1000, -3e38f).to(ScalarType.BFloat16), "f", "w");
        FiniteCheck.Require(ones(3, ScalarType.Int64), "f", "w");
        FiniteCheck.Require(zeros(0, 3), "f", "w");
    }
}
