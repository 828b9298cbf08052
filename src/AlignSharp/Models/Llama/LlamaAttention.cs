using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Self-attention of a Llama layer: project, rotate, attend, project back.</summary>
internal sealed class LlamaAttention : nn.Module
{
    private readonly LlamaConfig _config;

    [ComponentName(Name = "q_proj")]
    private readonly Projection _query;

    [ComponentName(Name = "k_proj")]
    private readonly Projection _key;

    [ComponentName(Name = "v_proj")]
    private readonly Projection _value;

    [ComponentName(Name = "o_proj")]
    private readonly Projection _output;

    public LlamaAttention(LlamaConfig config, string path, ProjectionFactory projections, ScalarType type, Device device) : base("self_attn")
    {
        _config = config;
        long hidden = config.HiddenSize, queries = config.Heads * (long)config.HeadDim, keys = config.KeyValueHeads * (long)config.HeadDim;
        ProjectionSite Site(string name, long inFeatures, long outFeatures) =>
            new($"{path}.{name}", inFeatures, outFeatures, config.AttentionBias, IsOutputHead: false, type, device);
        _query = projections(Site("q_proj", hidden, queries));
        _key = projections(Site("k_proj", hidden, keys));
        _value = projections(Site("v_proj", hidden, keys));
        _output = projections(Site("o_proj", queries, hidden));
        RegisterComponents();
    }

    public Tensor Forward(int layer, Tensor x, RotaryTables tables, IAttention attention)
    {
        using var scope = NewDisposeScope();
        var tokens = x.size(0);
        var projected = Linear.Apply(x, _query.Map, _key.Map, _value.Map);
        var queries = projected[0].view(tokens, _config.Heads, _config.HeadDim); // [tokens, heads, headDim]
        var keys = projected[1].view(tokens, _config.KeyValueHeads, _config.HeadDim); // [tokens, kvHeads, headDim]
        var values = projected[2].view(tokens, _config.KeyValueHeads, _config.HeadDim);
        (queries, keys) = Rotary.Apply(queries, keys, tables);
        var mixed = attention.Attend(layer, queries, keys, values); // [tokens, heads * headDim]
        return Linear.Apply(mixed, _output.Map).MoveToOuterDisposeScope();
    }
}
