using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>One layer of a Llama: attention and feed-forward, each behind a norm and added to the residual stream.</summary>
internal sealed class LlamaDecoderLayer : nn.Module
{
    private readonly int _index;

    [ComponentName(Name = "self_attn")]
    private readonly LlamaAttention _attention;

    [ComponentName(Name = "mlp")]
    private readonly LlamaMlp _mlp;

    [ComponentName(Name = "input_layernorm")]
    private readonly LlamaRmsNorm _attentionNorm;

    [ComponentName(Name = "post_attention_layernorm")]
    private readonly LlamaRmsNorm _mlpNorm;

    public LlamaDecoderLayer(LlamaConfig config, int index, ProjectionFactory projections, ScalarType type, Device device) : base($"layer{index}")
    {
        _index = index;
        _attention = new LlamaAttention(config, $"model.layers.{index}.self_attn", projections, type, device);
        _mlp = new LlamaMlp(config, $"model.layers.{index}.mlp", projections, type, device);
        _attentionNorm = new LlamaRmsNorm(config, type, device);
        _mlpNorm = new LlamaRmsNorm(config, type, device);
        RegisterComponents();
    }

    public Tensor Forward(Tensor x, RotaryTables tables, IAttention attention)
    {
        using var scope = NewDisposeScope();
        var activated = Activate(x, tables, attention);
        return Residual.Add(activated[0], _mlp.Contract(activated[1])).MoveToOuterDisposeScope();
    }

    /// <summary>The same function, keeping the layer's input alone: what the gradient needs is computed again when it is wanted.</summary>
    public Tensor ForwardRecomputed(Tensor x, RotaryTables tables, IAttention attention)
    {
        using var scope = NewDisposeScope();
        // The tables belong to the forward pass, which is over when they are read again.
        Tensor[] constants = [tables.Cosines, tables.Sines];
        if (_mlp.IsDownTrained) return Recomputation.Apply(x, (input, kept) => [Forward(input, new RotaryTables(kept[0], kept[1]), attention)], parameters(), constants)[0].MoveToOuterDisposeScope();
        // The gradient of a frozen projection needs none of its values, so the last one is left out of what is done twice.
        var activated = Recomputation.Apply(x, (input, kept) => Activate(input, new RotaryTables(kept[0], kept[1]), attention), parameters(), constants);
        return Residual.Add(activated[0], _mlp.Contract(activated[1])).MoveToOuterDisposeScope();
    }

    // All but the last projection: the residual stream beside it, and its input.
    private Tensor[] Activate(Tensor x, RotaryTables tables, IAttention attention)
    {
        using var scope = NewDisposeScope();
        var (residual, normalized) = _attentionNorm.Branch(x);
        x = Residual.Add(residual, _attention.Forward(_index, normalized, tables, attention));
        (residual, normalized) = _mlpNorm.Branch(x);
        return [residual.MoveToOuterDisposeScope(), _mlp.Expand(normalized).MoveToOuterDisposeScope()];
    }
}
