using AlignSharp.Data.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Diagnostics;

/// <summary>What optimizers keep for each trained element.</summary>
public static class OptimizerMemory
{
    /// <summary>Bytes of an optimizer's states.</summary>
    /// <param name="name">As <c>optim</c> names it.</param>
    /// <param name="elements">Trained elements.</param>
    /// <param name="type">Their type.</param>
    /// <exception cref="ConfigurationException">The optimizer is not known.</exception>
    public static long StateBytes(string name, long elements, ScalarType type) => name switch
    {
        // Both moments, in the type of what is trained.
        "adamw_torch" or "adamw_torch_fused" => 2 * elements * type.ElementSize(),
        _ => throw new ConfigurationException($"optim: the memory of {name} is not known to the plan"),
    };
}
