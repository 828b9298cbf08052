using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>A linear map <c>x·Wᵀ + b</c>, with an adapter's update where there is one. Its matrix is dense or of 4 bits. Borrowed.</summary>
/// <param name="Weight"><c>[out, in]</c> in the type of the activations, or float32 or bfloat16; null where the matrix is <see cref="Codes"/>.</param>
/// <param name="Bias"><c>[out]</c>, or null.</param>
/// <param name="Update">The adapter's part, or null.</param>
/// <param name="Magnitude">The length of each row of weight and update together where it is trained apart (DoRA), or null; only with an update.</param>
public readonly record struct LinearMap(Tensor? Weight, Tensor? Bias = null, LowRankUpdate? Update = null, RowMagnitude? Magnitude = null)
{
    /// <summary>Number of <see cref="Parameters"/>.</summary>
    internal const int ParameterCount = 5;

    /// <summary>A map of a frozen 4-bit matrix, which is decoded into the type of the activations whenever it is used.</summary>
    /// <param name="codes">The matrix, <c>[out, in]</c>.</param>
    /// <param name="bias"><c>[out]</c>, or null.</param>
    public LinearMap(FourBitMatrix codes, Tensor? bias = null) : this((Tensor?)null, bias) => Codes = codes;

    /// <summary>The 4-bit matrix, <c>[out, in]</c>; null where the matrix is <see cref="Weight"/>.</summary>
    public FourBitMatrix? Codes { get; init; }

    /// <summary>
    /// Type into which <see cref="Codes"/> are rounded, before they are widened to that of the activations, where a gradient is multiplied by them: bitsandbytes does so
    /// with the type that the weight had when it was quantised, while its forward pass decodes straight into the type of the activations. Null for no rounding.
    /// </summary>
    public ScalarType? GradientRounding { get; init; }

    /// <summary>Type in which <see cref="Codes"/> are multiplied, where it is not that of the activations: these are rounded to it first, and the product is widened. An adapter's part is not touched by it.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>Tensors of an application in the order in which they are an operation's inputs: weight, bias, A, B, bias of B.</summary>
    internal Tensor?[] Parameters => [Weight, Bias, Update?.A, Update?.B, Update?.BiasOfB];

    /// <summary>Width of the output.</summary>
    internal long OutFeatures => Codes?.Rows ?? Weight!.size(0);

    /// <summary>Width of the input.</summary>
    internal long InFeatures => Codes?.Columns ?? Weight!.size(1);

    /// <summary>The matrix without its update, <c>[out, in]</c>, decoded where it is of 4 bits; owned by the caller's scope.</summary>
    /// <param name="type">Its type.</param>
    internal Tensor Matrix(ScalarType type) => Codes is null ? Weight!.detach().to(type) : Codes.Expand(type);

    /// <summary>What an input is multiplied by: Wᵀ, <c>[in, out]</c>.</summary>
    internal RightFactor Forward => Codes is null ? new RightFactor(Weight!.t()) : new RightFactor(Codes, isTurned: true);

    /// <summary>What an output's gradient is multiplied by: W, <c>[out, in]</c>.</summary>
    internal RightFactor Backward => Codes is null ? new RightFactor(Weight!) : new RightFactor(Codes, isTurned: false, GradientRounding);

    /// <summary>Whether a parameter wants a gradient.</summary>
    internal bool IsTrained => is_grad_enabled() && Array.Exists(Parameters, parameter => parameter is { requires_grad: true });
}
