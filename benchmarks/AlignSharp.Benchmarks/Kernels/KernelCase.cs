using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Kernels;

/// <summary>
/// An operator of the engine beside the composition of plain operators that computes the same. Its tensors are borrowed from the
/// scope in which it was made; what has an owner of its own is disposed with the case.
/// </summary>
/// <param name="name">The operator; its case and its baseline have the same stem.</param>
/// <param name="size">What it is applied to, for the table.</param>
internal sealed class KernelCase(string name, string size) : IDisposable
{
    /// <summary>The operator.</summary>
    public string Name => name;

    /// <summary>What it is applied to.</summary>
    public string Size => size;

    /// <summary>The engine's operator, without changing its inputs; the result belongs to the caller's scope.</summary>
    public required Func<Tensor> Ours { get; init; }

    /// <summary>The plain composition.</summary>
    public required Func<Tensor> Baseline { get; init; }

    /// <summary>Inputs whose gradients the backward pass computes; none where an operator has no backward.</summary>
    public IReadOnlyList<Tensor> Inputs { get; init; } = [];

    /// <summary>Operations of the forward pass, or 0 for an operator that moves memory rather than computes.</summary>
    public double ForwardFlop { get; init; }

    /// <summary>Operations of the backward pass, or 0.</summary>
    public double BackwardFlop { get; init; }

    /// <summary>Bytes that the forward pass cannot but read and write: each input and output once.</summary>
    public double ForwardBytes { get; init; }

    /// <summary>Bytes that the backward pass cannot but read and write.</summary>
    public double BackwardBytes { get; init; }

    /// <summary>Objects that the operator was prepared with.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in Owned) owned.Dispose();
    }
}
