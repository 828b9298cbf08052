using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>A place in a model where a linear projection stands: all that a factory needs to build it.</summary>
/// <param name="Path">Module path as in checkpoints, for example <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="InFeatures">Width of the input.</param>
/// <param name="OutFeatures">Width of the output.</param>
/// <param name="HasBias">Whether a bias is added.</param>
/// <param name="IsOutputHead">Whether this is the output embedding (<c>lm_head</c>), which "all-linear" leaves out.</param>
/// <param name="Type">Type of the weights.</param>
/// <param name="Device">Where they live.</param>
public sealed record ProjectionSite(string Path, long InFeatures, long OutFeatures, bool HasBias, bool IsOutputHead, ScalarType Type, Device Device)
{
    /// <summary>Last part of the path, for example <c>q_proj</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];
}
