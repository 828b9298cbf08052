using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Testing;

/// <summary>Small Llamas with random weights, biases and norms included, so that no term of the model can be forgotten unnoticed.</summary>
public static class TinyLlama
{
    /// <summary>Two layers, grouped key-value heads, untied; vary it with <c>with</c>.</summary>
    public static LlamaConfig Config { get; } = new()
    {
        VocabularySize = 96,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 8,
        RmsNormEpsilon = 1e-5,
    };

    /// <summary>A model with weights drawn from a seed; the caller owns it.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">Equal seeds give equal base weights, with or without adapters.</param>
    /// <param name="projections">Builds the projections; null for plain ones.</param>
    /// <param name="type">Type of the weights.</param>
    public static LlamaModel Create(LlamaConfig config, long seed, ProjectionFactory? projections = null, ScalarType type = ScalarType.Float32)
    {
        var model = new LlamaModel(config, projections ?? DenseProjection.Create, type, CPU);
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (name, parameter) in ModelFolder.BaseParameters(model))
        {
            using var scope = NewDisposeScope();
            var noise = randn(parameter.shape, generator: generator) * 0.15;
            parameter.copy_(name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 + noise : noise);
            parameter.requires_grad = projections is null;
        }
        return model;
    }

    /// <summary>The oracle over the same weights.</summary>
    /// <param name="model">A model without adapters.</param>
    public static PlainLlama Oracle(LlamaModel model) =>
        new(model.Config, ModelFolder.BaseParameters(model).ToDictionary(p => p.Key, p => (Tensor)p.Value));
}
