using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// Arithmetic of tensors with numbers that keeps the number alive while libtorch reads it. TorchSharp's operators wrap a number (and
/// for <c>a + b</c> a hidden factor 1) in a <see cref="Scalar"/> that nothing refers to once its handle is taken: when another
/// thread's garbage collection runs in that moment, its finalizer frees the memory under the native call, and the operation fails
/// or computes with something else. The architecture test keeps such operators out of the engine.
/// </summary>
public static class ScalarArithmetic
{
    // Referred to for ever, so never finalized.
    private static readonly Scalar One = 1.ToScalar();

    /// <summary><c>x + y</c>, with gradient; owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="y">A tensor that broadcasts with it.</param>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary><c>x += y</c> in place.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="y">A tensor that broadcasts to it.</param>
    internal static void AddInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary><c>x + number</c>, with gradient; owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor Plus(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.add(scalar, One);
    }

    /// <summary><c>x · number</c>, with gradient; owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor Times(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.mul(scalar);
    }

    /// <summary><c>x / number</c>, with gradient; owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor Over(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.div(scalar);
    }

    /// <summary>The smaller of <c>x</c> and a number; above the number the gradient is 0. Owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor AtMost(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.clamp_max(scalar);
    }

    /// <summary>The larger of <c>x</c> and a number; below the number the gradient is 0. Owned by the caller's scope.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="number">A number.</param>
    public static Tensor AtLeast(this Tensor x, double number)
    {
        using var scalar = number.ToScalar();
        return x.clamp_min(scalar);
    }

    /// <summary>Per group the sum of its values: zeros of <paramref name="groups"/>, to which each value is added at its group's place.</summary>
    /// <param name="values">float32 <c>[n]</c>.</param>
    /// <param name="groupOf">int64 <c>[n]</c>.</param>
    /// <param name="groups">Number of groups.</param>
    /// <returns>float32 <c>[groups]</c>, with gradient; owned by the caller's scope.</returns>
    public static Tensor SumByGroup(this Tensor values, Tensor groupOf, long groups)
    {
        using var empty = zeros(groups, dtype: values.dtype, device: values.device);
        return empty.index_add(0, groupOf, values, One);
    }
}
