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

    public Tensor Forward(TokenInputs inputs, IAttention attention, bool recompute, double noise)
    {
        using var scope = NewDisposeScope();
        var tables = _rotary.Tables(inputs);
        var x = _embedding.call(inputs.Ids); // [tokens, hidden]
        if (noise > 0) x = x.Plus(UniformNoise.Like(x, inputs.SequenceLengths, noise));
        // The last layer's gradient is wanted first, so nothing would be saved by forgetting its activations.
        for (var i = 0; i < _layers.Count; i++)
        {
            using var input = x; // what the gradient needs of it is kept by who needs it
            x = recompute && i < _layers.Count - 1 ? _layers[i].ForwardRecomputed(input, tables, attention) : _layers[i].Forward(input, tables, attention);
        }
        return _norm.call(x).MoveToOuterDisposeScope();
    }
}
