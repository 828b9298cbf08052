using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The node of libtorch's graph behind every <see cref="Operation"/>.</summary>
internal sealed class OperationFunction : autograd.MultiTensorFunction<OperationFunction>
{
    private const string Key = "operation";

    // The engine takes gradients over when a node has returned; our own references keep them until the next node, not until the step ends.
    [ThreadStatic]
    private static Tensor?[]? _returned;

    [ThreadStatic]
    private static ExceptionDispatchInfo? _fault;

    /// <inheritdoc/>
    public override string Name => nameof(OperationFunction);

    /// <summary>Ends a backward pass on this thread: frees the last gradients and throws what a node could not.</summary>
    public static void Finish()
    {
        ReleaseReturned();
        var fault = _fault;
        _fault = null;
        fault?.Throw();
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var operation = (Operation)vars[0];
        // Outputs' shapes are cached by tensors that die with the caller's scope; an absent gradient must stay absent.
        ctx.set_materialize_grads(false);
        var outputs = operation.Forward(Array.ConvertAll(vars[1..], input => (Tensor?)input));
        ctx.save_for_backward([.. operation.SavedTensors!]);
        ctx.save_data(Key, operation);
        return [.. outputs];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var operation = (Operation)ctx.get_data(Key);
        try
        {
            ReleaseReturned();
            return [null!, .. Backward(ctx, operation, grad_outputs)];
        }
        catch (Exception fault)
        {
            // Thrown through native frames it would end the process; Finish throws it.
            _fault ??= ExceptionDispatchInfo.Capture(fault);
            return [.. new Tensor[operation.InputCount + 1]];
        }
    }

    private static Tensor[] Backward(autograd.AutogradContext ctx, Operation operation, List<Tensor> gradients)
    {
        if (_fault is not null || gradients.TrueForAll(gradient => gradient is null or { IsInvalid: true })) return new Tensor[operation.InputCount];
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var results = operation.Backward([.. gradients.Select(gradient => gradient is { IsInvalid: false } ? gradient : null)], [.. saved]);
        // A nested pass (checkpointing) has left its own.
        ReleaseReturned();
        _returned = Array.ConvertAll(results, result => result?.DetachFromDisposeScope());
        ctx.Dispose();
        foreach (var gradient in gradients)
            if (!Array.Exists(results, result => ReferenceEquals(result, gradient))) gradient?.Dispose();
        return Array.ConvertAll(results, result => result!);
    }

    private static void ReleaseReturned()
    {
        if (_returned is null) return;
        foreach (var gradient in _returned) gradient?.Dispose();
        _returned = null;
    }
}
