using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>Uninitialised tensors for results of operators; large ones on the CPU come from memory that the process keeps (<see cref="SlabMemory"/>).</summary>
internal static class Buffers
{
    // What malloc keeps itself without asking the system.
    private const long LargeBytes = 64 << 10;

    /// <summary>Allocates.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="device">Where.</param>
    /// <param name="shape">Shape.</param>
    /// <returns>Owned by the caller's scope.</returns>
    public static Tensor Empty(ScalarType type, Device device, params ReadOnlySpan<long> shape)
    {
        long bytes = type.ElementSize();
        foreach (var size in shape) bytes *= size;
        return device.type == DeviceType.CPU && bytes >= LargeBytes && TorchNatives.AreThere ? TorchNatives.Rent(shape, type, bytes) : empty(shape.ToArray(), dtype: type, device: device);
    }

    /// <summary>A buffer of a tensor's shape, type and device.</summary>
    /// <param name="tensor">The tensor.</param>
    public static Tensor Like(Tensor tensor) => Empty(tensor.dtype, tensor.device, TorchNatives.Shape(tensor));
}
