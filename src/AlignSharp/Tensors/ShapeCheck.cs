using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Kernels read and write memory as far as one tensor's shape says, so the others are looked at first.</summary>
internal static class ShapeCheck
{
    /// <summary>Refuses two tensors that are not matrices of one shape and type.</summary>
    /// <param name="one">A tensor.</param>
    /// <param name="other">The other.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void RequireEqualMatrices(Tensor one, Tensor other)
    {
        if (one.dim() != 2 || one.dtype != other.dtype || !TorchNatives.Shape(one).SequenceEqual(TorchNatives.Shape(other)))
            throw new ArgumentException($"{Describe(one)} and {Describe(other)} do not fit each other; expected [tokens, width] of one shape and type", nameof(other));
    }

    /// <summary>Type and shape, for a message.</summary>
    /// <param name="tensor">A tensor.</param>
    public static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
