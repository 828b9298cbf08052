using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Kernels read memory at the indices they are given, so these are looked at first.</summary>
internal static unsafe class IndexCheck
{
    /// <summary>Refuses indices that point outside.</summary>
    /// <param name="indices">int64 on the CPU, contiguous.</param>
    /// <param name="below">One above the largest that is allowed.</param>
    /// <param name="what">What they index, for the message.</param>
    /// <exception cref="ArgumentException">An index is negative or too large, or they are of another type.</exception>
    public static void Require(Tensor indices, long below, string what)
    {
        if (indices.dtype != ScalarType.Int64 || !indices.is_contiguous()) throw new ArgumentException($"The indices of {what} are {indices.dtype}; expected contiguous Int64", nameof(indices));
        foreach (var index in new ReadOnlySpan<long>((void*)TorchNatives.Address(indices), checked((int)indices.numel())))
            if ((ulong)index >= (ulong)below) throw new ArgumentException($"The index {index} is not one of the {below} of {what}", nameof(indices));
    }
}
