using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Testing;

/// <summary>Distances between tensors, computed in float64.</summary>
public static class TensorCompare
{
    /// <summary>Largest absolute difference over the largest absolute value of the expected tensor.</summary>
    /// <param name="expected">Expected values.</param>
    /// <param name="actual">Values of the same shape.</param>
    public static double RelativeToMax(Tensor expected, Tensor actual)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var wide = expected.to(ScalarType.Float64);
        return (wide - actual.to(ScalarType.Float64)).abs().max().item<double>() / wide.abs().max().item<double>();
    }

    /// <summary>L2 norm of the difference over the L2 norm of the expected tensor.</summary>
    /// <param name="expected">Expected values.</param>
    /// <param name="actual">Values of the same shape.</param>
    public static double RelativeL2(Tensor expected, Tensor actual)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var wide = expected.to(ScalarType.Float64);
        return (wide - actual.to(ScalarType.Float64)).norm().item<double>() / Math.Max(1e-30, wide.norm().item<double>());
    }

    /// <summary>Largest absolute difference.</summary>
    /// <param name="expected">Expected values.</param>
    /// <param name="actual">Values of the same shape.</param>
    public static double Absolute(Tensor expected, Tensor actual)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>();
    }
}
