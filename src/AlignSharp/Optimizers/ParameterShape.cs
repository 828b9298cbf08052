using static TorchSharp.torch;

namespace AlignSharp.Optimizers;

/// <summary>What the size of an optimizer's states depends on.</summary>
/// <param name="Name">Name of the parameter as in checkpoints.</param>
/// <param name="Sizes">Its shape.</param>
/// <param name="Type">Its type.</param>
public readonly record struct ParameterShape(string Name, IReadOnlyList<long> Sizes, ScalarType Type)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Sizes.Aggregate(1L, (product, size) => product * size);
}
