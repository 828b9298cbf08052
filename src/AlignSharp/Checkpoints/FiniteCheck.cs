using AlignSharp.Data.Faults;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>Refuses weights that are not finite, so that a damaged model is found before training.</summary>
public static class FiniteCheck
{
    /// <summary>Checks a tensor in one pass without a copy; tensors of other than floating types pass.</summary>
    /// <param name="tensor">The weights, on any device.</param>
    /// <param name="file">File that they came from, for the message.</param>
    /// <param name="name">Name of the tensor, for the message.</param>
    /// <exception cref="ArtifactException">A value is NaN or infinite.</exception>
    public static void Require(Tensor tensor, string file, string name)
    {
        if (Holds(tensor)) return;
        using var scope = NewDisposeScope();
        var bad = isfinite(tensor).logical_not().sum().item<long>();
        throw new ArtifactException($"{file}: tensor '{name}' has {bad} of {tensor.numel()} values that are NaN or infinite; the weights are damaged, get them again.");
    }

    /// <summary>Whether all values of a tensor are finite, in one pass without a copy; tensors of other than floating types pass.</summary>
    /// <param name="tensor">The weights, on any device.</param>
    public static bool Holds(Tensor tensor)
    {
        if (!is_floating_point(tensor) || tensor.numel() == 0) return true;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        // Both extremes are NaN when any value is, so they tell everything.
        var (smallest, largest) = tensor.aminmax();
        return double.IsFinite(smallest.to(ScalarType.Float64).item<double>()) && double.IsFinite(largest.to(ScalarType.Float64).item<double>());
    }
}
