using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Resolves <c>device</c> and <c>dtype</c> on this machine.</summary>
public static class ComputePlace
{
    /// <summary>The device that a name stands for.</summary>
    /// <param name="name"><c>auto</c> (the first GPU, else the CPU), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <exception cref="ConfigurationException">The name is unknown, or there is no such GPU.</exception>
    public static Device Device(string name)
    {
        if (name == "cpu") return CPU;
        var gpus = cuda.is_available() ? cuda.device_count() : 0;
        if (name == "auto") return gpus > 0 ? new Device(DeviceType.CUDA, 0) : CPU;
        var index = name == "cuda" ? 0 : name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : throw new ConfigurationException($"device: '{name}' is not known; expected auto, cpu, cuda or cuda:N");
        if (index >= gpus) throw new ConfigurationException($"device: {name} was asked for, but libtorch sees {gpus} GPUs; align doctor tells more");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>The type that a choice stands for.</summary>
    /// <param name="choice">The choice; auto is bfloat16 where the hardware multiplies it natively, else float32.</param>
    /// <param name="device">Where the model will be.</param>
    public static ScalarType Type(DtypeChoice choice, Device device) => choice switch
    {
        DtypeChoice.Float32 => ScalarType.Float32,
        DtypeChoice.BFloat16 => ScalarType.BFloat16,
        DtypeChoice.Float16 => ScalarType.Float16,
        _ => device.type == DeviceType.CUDA || ProcessorFeatures.OfThisMachine.MultipliesBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
    };
}
