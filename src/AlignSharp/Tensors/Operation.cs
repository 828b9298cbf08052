using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>
/// One application of an operator whose gradient is written by hand. It becomes a node of libtorch's graph when somebody wants a gradient, and a
/// plain call otherwise. Keeping to its form keeps to the rules that make managed nodes safe: tensors die as early as they can, and no
/// exception passes through native frames (docs/design/0008-operators.md).
/// </summary>
internal abstract class Operation
{
    private Tensor?[] _saved = [];
    private bool[] _wanted = [];

    /// <summary>Number of inputs.</summary>
    internal int InputCount => _wanted.Length;

    /// <summary>What the backward pass needs, in the order it was given to <see cref="Save"/>.</summary>
    internal IReadOnlyList<Tensor?> SavedTensors => _saved;

    /// <summary>Whether a backward pass may follow.</summary>
    protected bool IsRecorded { get; private set; }

    /// <summary>Applies an operation.</summary>
    /// <param name="operation">The operation, used once.</param>
    /// <param name="inputs">Its inputs; null for one that is left out.</param>
    /// <returns>Its outputs, owned by the caller's scope.</returns>
    public static Tensor[] Apply(Operation operation, params Tensor?[] inputs)
    {
        using var scope = NewDisposeScope();
        operation._wanted = Array.ConvertAll(inputs, input => input is { requires_grad: true });
        operation.IsRecorded = is_grad_enabled() && Array.Exists(operation._wanted, wanted => wanted);
        var outputs = operation.IsRecorded ? [.. OperationFunction.apply([operation, .. inputs])] : operation.Forward(inputs);
        foreach (var output in outputs) output.MoveToOuterDisposeScope();
        return outputs;
    }

    /// <summary>
    /// Computes the outputs, all of which take a gradient: results that take none are properties of the operation, moved to the outer
    /// scope. Runs without gradient; what is left undisposed dies with the call.
    /// </summary>
    /// <param name="inputs">The inputs; not to be disposed.</param>
    internal abstract Tensor[] Forward(Tensor?[] inputs);

    /// <summary>Computes the gradients of the inputs.</summary>
    /// <param name="gradients">Gradients of the outputs; null for one that nobody used. At least one is there.</param>
    /// <param name="saved">What <see cref="Save"/> was given.</param>
    /// <returns>One an input; null where none is wanted.</returns>
    internal abstract Tensor?[] Backward(Tensor?[] gradients, Tensor?[] saved);

    /// <summary>Keeps tensors for the backward pass; an output must be kept as <c>output.detach()</c>, or it would keep itself alive.</summary>
    /// <param name="tensors">The tensors.</param>
    protected void Save(params Tensor?[] tensors) => _saved = tensors;

    /// <summary>Whether an input wants a gradient.</summary>
    /// <param name="input">Its index.</param>
    protected bool Wants(int input) => IsRecorded && _wanted[input];
}
