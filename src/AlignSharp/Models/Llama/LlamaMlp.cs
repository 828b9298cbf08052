using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Feed-forward block of a Llama layer, SwiGLU (Shazeer 2020, arXiv:2002.05202): <c>down(silu(gate(x)) · up(x))</c>.</summary>
internal sealed class LlamaMlp : nn.Module
{
    [ComponentName(Name = "gate_proj")]
    private readonly Projection _gate;

    [ComponentName(Name = "up_proj")]
    private readonly Projection _up;

    [ComponentName(Name = "down_proj")]
    private readonly Projection _down;

    public LlamaMlp(LlamaConfig config, string path, ProjectionFactory projections, ScalarType type, Device device) : base("mlp")
    {
        ProjectionSite Site(string name, long inFeatures, long outFeatures) =>
            new($"{path}.{name}", inFeatures, outFeatures, config.MlpBias, IsOutputHead: false, type, device);
        _gate = projections(Site("gate_proj", config.HiddenSize, config.IntermediateSize));
        _up = projections(Site("up_proj", config.HiddenSize, config.IntermediateSize));
        _down = projections(Site("down_proj", config.IntermediateSize, config.HiddenSize));
        RegisterComponents();
    }

    /// <summary>Whether the last projection is trained, so that its input must be kept for the gradient.</summary>
    public bool IsDownTrained => _down.Map.IsTrained;

    /// <summary>Up to the gated activations: <c>[tokens, hidden]</c> to <c>[tokens, intermediate]</c>.</summary>
    public Tensor Expand(Tensor input)
    {
        using var scope = NewDisposeScope();
        var projected = Linear.Apply(input, _gate.Map, _up.Map);
        return SwiGlu.Apply(projected[0], projected[1]).MoveToOuterDisposeScope();
    }

    /// <summary>From the gated activations back: <c>[tokens, intermediate]</c> to <c>[tokens, hidden]</c>.</summary>
    public Tensor Contract(Tensor gated) => Linear.Apply(gated, _down.Map);
}
