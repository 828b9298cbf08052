using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>The memory of a tensor on the CPU by address: <see cref="Tensor.bytes"/> ends at 2 GiB.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>The address of the first element. It is valid as long as the tensor lives; keep the tensor alive meanwhile.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    public static byte* Address(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException("Only a contiguous tensor on the CPU has an address that can be read.", nameof(tensor));
        return (byte*)Data(tensor.Handle);
    }

    /// <summary>Bytes of all elements.</summary>
    public static long Bytes(Tensor tensor) => tensor.numel() * tensor.element_size();

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial nint Data(nint tensor);
}
