using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

/// <summary>
/// Runs an operator on its kernel and, on the same numbers in float64, as libtorch's operators: the plain form that it must equal. Numbers are near 1.
/// </summary>
internal static class OperatorCheck
{
    // A rounding is 6e-8 of a value, and the longest sums here have some hundreds of terms.
    public const double Float32Tolerance = 1e-5;

    // What is much smaller than the numbers it was made of is what cancellation left of them.
    private const double SmallestScale = 0.1;

    /// <summary>Widths around those of vectors, and some of models.</summary>
    public static TheoryData<int> Widths => [1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 80, 100, 128, 768];

    /// <summary>Numbers of rows around those of blocks.</summary>
    public static int[] RowCounts { get; } = [1, 2, 5, 31, 32, 33, 97];

    /// <summary>Bound of so many roundings to bfloat16, each by at most 2⁻⁸ of a value.</summary>
    public static double Bfloat16Tolerance(int roundings) => roundings * Math.Pow(2, -8) + Float32Tolerance;

    /// <summary>Normal numbers without gradient.</summary>
    public static Tensor Fixed(ScalarType type, long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(shape, generator: generator).to(type);
    }

    /// <summary>Normal numbers whose gradient is wanted.</summary>
    public static Tensor Leaf(ScalarType type, long seed, params long[] shape) => Fixed(type, seed, shape).requires_grad_();

    /// <summary>Passes when outputs, and the gradients of all inputs that want one, equal those of the same numbers in float64.</summary>
    /// <param name="tolerance">Largest difference, relative to the largest value of a tensor.</param>
    /// <param name="function">Applies the operator.</param>
    /// <param name="inputs">Its inputs; indices stay what they are.</param>
    public static void AgreesWithFloat64(double tolerance, Func<Tensor[], Tensor[]> function, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var (actual, actualGradients) = Run(function, Array.ConvertAll(inputs, input => Copy(input, input.dtype)));
        var (expected, expectedGradients) = Run(function, Array.ConvertAll(inputs, input => Copy(input, input.is_floating_point() ? ScalarType.Float64 : input.dtype)));
        var sizes = string.Join(", ", inputs.Select(input => $"[{string.Join(", ", input.shape)}]"));
        for (var i = 0; i < expected.Length; i++) Near(expected[i], actual[i], tolerance, $"output {i} of {sizes}");
        for (var i = 0; i < inputs.Length; i++) Near(expectedGradients[i], actualGradients[i], tolerance, $"gradient {i} of {sizes}");
    }

    /// <summary>Outputs, and the gradients of all inputs that want one when the outputs are weighted unevenly.</summary>
    public static (Tensor[] Outputs, Tensor?[] Gradients) Run(Func<Tensor[], Tensor[]> function, Tensor[] inputs)
    {
        var outputs = function(inputs);
        var losses = outputs.Index().Where(output => output.Item.requires_grad).Select(output => (output.Item.to(ScalarType.Float64) * Slopes(output.Index, output.Item.shape)).sum()).ToArray();
        if (losses.Length > 0) Backpropagation.Run(stack(losses).sum());
        return (Array.ConvertAll(outputs, output => output.detach()), Array.ConvertAll(inputs, input => input.grad));
    }

    /// <summary>Passes when two tensors have the same shape and nearly the same values.</summary>
    public static void Near(Tensor? expected, Tensor? actual, double tolerance, string what)
    {
        Assert.True(expected is null == actual is null, $"{what}: {(actual is null ? "missing" : "unexpected")}");
        if (expected is null || actual is null) return;
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0) return;
        var error = TensorCompare.Absolute(expected, actual) / Math.Max(SmallestScale, expected.abs().max().to(ScalarType.Float64).item<double>());
        Assert.True(error <= tolerance, $"{what}: {error} above {tolerance}");
    }

    /// <summary>The bits of a tensor, whatever its type.</summary>
    public static byte[] Bits(Tensor tensor) => tensor.detach().contiguous().bytes.ToArray();

    /// <summary>The same values with other strides: each row's elements lie apart.</summary>
    public static Tensor Strided(Tensor matrix) => matrix.transpose(0, -1).contiguous().transpose(0, -1);

    // Values of bfloat16, so that they are the same in every type.
    private static Tensor Slopes(int output, long[] shape) => Fixed(ScalarType.BFloat16, 1000 + output, shape).to(ScalarType.Float64);

    private static Tensor Copy(Tensor input, ScalarType type) => input.detach().to(type, copy: true).requires_grad_(input.requires_grad);
}
