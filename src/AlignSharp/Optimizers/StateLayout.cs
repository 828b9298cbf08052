using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>One state of a parameter as it is kept; it starts at zero.</summary>
/// <param name="Name">What it is, by the name that PyTorch or bitsandbytes has for it.</param>
/// <param name="Sizes">Its shape.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsPaged">Whether it lies where the system can page it out.</param>
internal readonly record struct StateLayout(string Name, IReadOnlyList<long> Sizes, ScalarType Type, bool IsPaged = false)
{
    /// <summary>Its size.</summary>
    public long Bytes => Sizes.Aggregate((long)Type.ElementSize(), (product, size) => product * size);
}
