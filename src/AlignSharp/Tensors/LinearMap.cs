using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>A linear map <c>x·Wᵀ + b</c>, with an adapter's update where there is one. Borrowed.</summary>
/// <param name="Weight"><c>[out, in]</c> in the type of the activations, or float32.</param>
/// <param name="Bias"><c>[out]</c>, or null.</param>
/// <param name="Update">The adapter's part, or null.</param>
/// <param name="Magnitude">The length of each row of weight and update together where it is trained apart (DoRA), or null; only with an update.</param>
public readonly record struct LinearMap(Tensor Weight, Tensor? Bias = null, LowRankUpdate? Update = null, RowMagnitude? Magnitude = null)
{
    /// <summary>Number of <see cref="Parameters"/>.</summary>
    internal const int ParameterCount = 5;

    /// <summary>Tensors of an application in the order in which they are an operation's inputs: weight, bias, A, B, bias of B.</summary>
    internal Tensor?[] Parameters => [Weight, Bias, Update?.A, Update?.B, Update?.BiasOfB];

    /// <summary>Width of the output.</summary>
    internal long OutFeatures => Weight.size(0);

    /// <summary>Whether a parameter wants a gradient.</summary>
    internal bool IsTrained => is_grad_enabled() && Array.Exists(Parameters, parameter => parameter is { requires_grad: true });
}
