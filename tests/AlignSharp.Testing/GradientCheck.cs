using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Testing;

/// <summary>Holds the gradients of a function against central finite differences, in float64.</summary>
public static class GradientCheck
{
    // The error of a difference is about the square of this, from curvature, plus 1e-16 divided by it, from rounding.
    private const double DefaultStep = 1e-5;

    // Differences of values near 1 cannot tell slopes apart that are much smaller.
    private const double SmallestScale = 1e-3;

    /// <summary>
    /// The largest difference between a slope that autograd computes and the same slope by finite differences, over all elements of all inputs, relative to
    /// the largest slope in its input (at least 0.001). A right gradient of a smooth function stays below 1e-7.
    /// </summary>
    /// <param name="function">
    /// A smooth function of tensors to a tensor of any shape, called twice for every element: keep the inputs small. The same inputs must give the same
    /// outputs; what it leaves undisposed is disposed.
    /// </param>
    /// <param name="inputs">Where to check; converted to float64, not changed and not disposed.</param>
    /// <param name="step">Distance of the two points of a difference from the middle. Functions that are linear in each input bear a large one, by which
    /// even what computes in float32 inside can be checked.</param>
    /// <returns>The relative error; NaN when a value or a slope is.</returns>
    public static double LargestError(Func<Tensor[], Tensor> function, IReadOnlyList<Tensor> inputs, double step = DefaultStep)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        var points = inputs.Select(input => input.detach().to(ScalarType.Float64, copy: true).contiguous().requires_grad_()).ToArray();
        var value = function(points);
        var weights = Weights(value.shape);
        Backpropagation.Run((value.to(ScalarType.Float64) * weights).sum());

        var largest = 0.0;
        foreach (var point in points)
        {
            var expected = Differences(() => Weighted(function, points, weights), point, step);
            var actual = point.grad is { } gradient ? gradient.contiguous().data<double>().ToArray() : new double[expected.Length];
            var scale = Math.Max(SmallestScale, expected.Select(Math.Abs).DefaultIfEmpty().Max());
            foreach (var (one, other) in expected.Zip(actual)) largest = Math.Max(largest, Math.Abs(one - other) / scale);
        }
        return largest;
    }

    // Uneven, so that no two elements of the value can be exchanged unnoticed.
    private static Tensor Weights(long[] shape)
    {
        using var generator = new Generator(1, CPU);
        return rand(shape, ScalarType.Float64, generator: generator) + 0.5;
    }

    private static double[] Differences(Func<double> value, Tensor point, double step)
    {
        using var noGradient = no_grad();
        var slopes = new double[point.numel()];
        var elements = point.view(-1).data<double>();
        for (var i = 0; i < slopes.Length; i++)
        {
            var middle = elements[i];
            elements[i] = middle + step;
            var above = value();
            elements[i] = middle - step;
            slopes[i] = (above - value()) / (2 * step);
            elements[i] = middle;
        }
        return slopes;
    }

    private static double Weighted(Func<Tensor[], Tensor> function, Tensor[] points, Tensor weights)
    {
        using var scope = NewDisposeScope();
        return (function(points).to(ScalarType.Float64) * weights).sum().item<double>();
    }
}
