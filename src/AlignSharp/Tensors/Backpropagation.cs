using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Runs backward passes over the engine's operators.</summary>
public static class Backpropagation
{
    /// <summary>
    /// Computes the gradient of a loss in every parameter that wants one. Use it instead of <c>loss.backward()</c>: a fault inside an operator
    /// cannot pass through libtorch and is thrown here, after the pass; the gradients are incomplete then and must be discarded.
    /// </summary>
    /// <param name="loss">A scalar; not disposed.</param>
    public static void Run(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        try
        {
            loss.backward();
        }
        finally
        {
            // Also where libtorch itself has thrown: a fault of an operator came before that, and must not be left to the next pass.
            OperationFunction.Finish();
        }
    }
}
