using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Embedding, layers and final norm: what checkpoints call <c>model</c>.</summary>
internal sealed class LlamaBody : nn.Module
{
    private readonly RotaryEmbedding _rotary;

    [ComponentName(Name = "embed_tokens")]
    private readonly TokenEmbedding _embedding;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<LlamaDecoderLayer> _layers;

    [ComponentName(Name = "norm")]
    private readonly LlamaRmsNorm _norm;

    public LlamaBody(LlamaConfig config, ProjectionFactory projections, ScalarType type, Device device) : base("model")
    {
        _rotary = new RotaryEmbedding(config, type, device);
        _embedding = new TokenEmbedding(config.VocabularySize, config.HiddenSize, type, device);
        _layers = new ModuleList<LlamaDecoderLayer>([.. Enumerable.Range(0, config.Layers).Select(i => new LlamaDecoderLayer(config, i, projections, type, device))]);
        _norm = new LlamaRmsNorm(config, type, device);
        RegisterComponents();
    }

    public TokenEmbedding Embedding => _embedding;

    public Tensor Forward(TokenInputs inputs, IAttention attention)
    {
        using var scope = NewDisposeScope();
        var tables = _rotary.Tables(inputs);
        var x = _embedding.call(inputs.Ids); // [tokens, hidden]
        foreach (var layer in _layers) x = layer.Forward(x, tables, attention);
        return _norm.call(x).MoveToOuterDisposeScope();
    }
}
