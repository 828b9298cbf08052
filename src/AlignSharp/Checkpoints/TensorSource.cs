using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>A tensor that is made when its turn to be written comes, so that a file may be larger than memory.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Dimensions; not to be changed.</param>
/// <param name="Read">Makes the tensor, of that type and shape; the writer disposes it. Called once for each file that it is written to.</param>
public sealed record TensorSource(string Name, ScalarType Type, IReadOnlyList<long> Shape, Func<Tensor> Read)
{
    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Shape.Aggregate((long)Type.ElementSize(), (bytes, size) => bytes * size);

    /// <summary>A tensor that is there already and stays the caller's.</summary>
    internal static TensorSource Of(string name, Tensor tensor) => new(name, tensor.dtype, tensor.shape, tensor.detach);
}
