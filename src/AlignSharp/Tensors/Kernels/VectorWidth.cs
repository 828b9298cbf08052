namespace AlignSharp.Tensors.Kernels;

/// <summary>Width of the vectors that a kernel runs in.</summary>
internal enum VectorWidth
{
    /// <summary>One float32.</summary>
    Scalar,

    /// <summary>Four float32.</summary>
    Bits128,

    /// <summary>Eight float32.</summary>
    Bits256,

    /// <summary>Sixteen float32.</summary>
    Bits512,
}
