using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>
/// Llama 2 and 3 (Touvron et al. 2023, arXiv:2307.09288) as <c>LlamaForCausalLM</c> of transformers computes it. Parameter names are
/// those of Hugging Face checkpoints. The weights are uninitialised until a checkpoint or <see cref="LlamaInitialization"/> fills them.
/// </summary>
public sealed class LlamaModel : CausalLanguageModel
{
    private readonly ScalarType _type;
    private readonly Device _device;

    [ComponentName(Name = "model")]
    private readonly LlamaBody _body;

    [ComponentName(Name = "lm_head")]
    private readonly Projection? _head;

    /// <summary>Allocates the model.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="projections">Builds its projections; <see cref="DenseProjection.Create"/> for a plain model.</param>
    /// <param name="type">Type of weights and activations.</param>
    /// <param name="device">Where they live.</param>
    public LlamaModel(LlamaConfig config, ProjectionFactory projections, ScalarType type, Device device) : base("LlamaForCausalLM")
    {
        (Config, _type, _device) = (config, type, device);
        _body = new LlamaBody(config, projections, type, device);
        if (!config.TieWordEmbeddings)
            _head = projections(new ProjectionSite("lm_head", config.HiddenSize, config.VocabularySize, HasBias: false, IsOutputHead: true, type, device));
        RegisterComponents();
    }

    /// <summary>Its shape.</summary>
    public LlamaConfig Config { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public override ScalarType ComputeType => _type;

    /// <inheritdoc/>
    public override Device Device => _device;

    /// <inheritdoc/>
    public override CacheShape CacheShape => new(Config.Layers, Config.KeyValueHeads, Config.HeadDim);

    /// <inheritdoc/>
    public override Tensor Hidden(TokenInputs inputs, IAttention attention) =>
        _body.Forward(inputs, attention, RecomputesActivations && is_grad_enabled(), training ? EmbeddingNoise : 0);

    /// <inheritdoc/>
    public override LinearMap Head => _head?.Map ?? _body.Embedding.Head;
}
