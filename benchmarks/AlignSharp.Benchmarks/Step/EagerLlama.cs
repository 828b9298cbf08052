using AlignSharp.Checkpoints;
using AlignSharp.Models.Llama;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Benchmarks.Step;

/// <summary>
/// The baseline's Llama: transformers' modeling code with PEFT's LoRA in plain operators, over padded rows. Borrows the frozen
/// weights of a model and owns a float32 copy of its adapter.
/// </summary>
internal sealed class EagerLlama : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly ScalarType _type;
    private readonly double _scaling;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, (Parameter A, Parameter B)> _adapters;

    /// <summary>Copies the adapter as it is now.</summary>
    /// <param name="model">The model; must outlive this one.</param>
    public EagerLlama(StepModel model)
    {
        (_config, _type, _scaling) = (model.Llama.Config, model.Llama.ComputeType, model.Adapter.Options.Scaling);
        _weights = ModelFolder.BaseParameters(model.Llama).ToDictionary(p => p.Key, p => (Tensor)p.Value);
        _adapters = model.Adapter.Weights.ToDictionary(w => w.Path, w => (Copy(w.A), Copy(w.B)));
    }

    /// <summary>The trainable matrices.</summary>
    public IEnumerable<Parameter> Adapters => _adapters.Values.SelectMany(adapter => new[] { adapter.A, adapter.B });

    /// <summary>Logits of every position.</summary>
    /// <param name="ids">int64 <c>[rows, tokens]</c>.</param>
    /// <param name="mask">True where a query sees a key, or null for plain causal attention.</param>
    /// <param name="adapted">Whether the adapter is on.</param>
    /// <returns><c>[rows, tokens, vocabulary]</c>, owned by the caller's scope.</returns>
    public Tensor Logits(Tensor ids, Tensor? mask, bool adapted)
    {
        using var scope = NewDisposeScope();
        long rows = ids.shape[0], tokens = ids.shape[1];
        var (cosines, sines) = Rotations(tokens);
        var x = _weights["model.embed_tokens.weight"].index_select(0, ids.flatten()).view(rows, tokens, _config.HiddenSize);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            using var below = x;
            x = Layer($"model.layers.{layer}", below, cosines, sines, mask, adapted);
        }
        return F.linear(Norm("model.norm", x), _weights["lm_head.weight"]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in Adapters) matrix.Dispose();
    }

    private static Parameter Copy(Parameter matrix) => new(matrix.detach().clone().DetachFromDisposeScope());

    private Tensor Layer(string path, Tensor x, Tensor cosines, Tensor sines, Tensor? mask, bool adapted)
    {
        using var scope = NewDisposeScope();
        var afterAttention = x + Attention($"{path}.self_attn", Norm($"{path}.input_layernorm", x), cosines, sines, mask, adapted);
        var normed = Norm($"{path}.post_attention_layernorm", afterAttention);
        var gated = F.silu(Project($"{path}.mlp.gate_proj", normed, adapted)) * Project($"{path}.mlp.up_proj", normed, adapted);
        return (afterAttention + Project($"{path}.mlp.down_proj", gated, adapted)).MoveToOuterDisposeScope();
    }

    private Tensor Attention(string path, Tensor x, Tensor cosines, Tensor sines, Tensor? mask, bool adapted)
    {
        using var scope = NewDisposeScope();
        long rows = x.shape[0], tokens = x.shape[1];
        Tensor Heads(string name, int heads) => Project($"{path}.{name}", x, adapted).view(rows, tokens, heads, _config.HeadDim).transpose(1, 2);
        Tensor Rotate(Tensor heads) => heads * cosines + Turned(heads) * sines;
        Tensor Shared(Tensor heads) => _config.KeyValueHeads == _config.Heads ? heads : heads.repeat_interleave(_config.Heads / _config.KeyValueHeads, dim: 1);
        var queries = Rotate(Heads("q_proj", _config.Heads)); // [rows, heads, tokens, headDim]
        var keys = Shared(Rotate(Heads("k_proj", _config.KeyValueHeads)));
        var values = Shared(Heads("v_proj", _config.KeyValueHeads));
        var mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask: mask, is_casual: mask is null);
        return Project($"{path}.o_proj", mixed.transpose(1, 2).reshape(rows, tokens, _config.Heads * _config.HeadDim), adapted).MoveToOuterDisposeScope();
    }

    // PEFT: the update in float32, the sum cast back.
    private Tensor Project(string path, Tensor x, bool adapted)
    {
        var output = F.linear(x, _weights[$"{path}.weight"]);
        if (!adapted || !_adapters.TryGetValue(path, out var adapter)) return output;
        var update = F.linear(F.linear(x.to(ScalarType.Float32), adapter.A), adapter.B) * _scaling;
        return (output + update).to(_type);
    }

    // LlamaRMSNorm: in float32, cast back before the weight.
    private Tensor Norm(string path, Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var scale = rsqrt(wide.pow(2).mean([-1], keepdim: true) + _config.RmsNormEpsilon);
        return (_weights[$"{path}.weight"] * (wide * scale).to(_type)).MoveToOuterDisposeScope();
    }

    private static Tensor Turned(Tensor heads)
    {
        var half = heads.shape[^1] / 2;
        return cat([-heads.narrow(-1, half, half), heads.narrow(-1, 0, half)], -1);
    }

    // [tokens, headDim] each, in the type of the activations.
    private (Tensor Cosines, Tensor Sines) Rotations(long tokens)
    {
        var frequencies = pow(_config.RopeTheta, arange(0, _config.HeadDim, 2, dtype: ScalarType.Float32) / _config.HeadDim).reciprocal();
        var angles = outer(arange(tokens, dtype: ScalarType.Float32), frequencies);
        var both = cat([angles, angles], -1);
        return (both.cos().to(_type), both.sin().to(_type));
    }
}
