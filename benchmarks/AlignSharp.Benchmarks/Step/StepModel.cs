using AlignSharp.Adapters.Lora;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Step;

/// <summary>The model of both contestants: a frozen base, and an adapter that has begun to differ from nothing.</summary>
internal sealed class StepModel : IDisposable
{
    /// <summary>Begins an adapter on a model.</summary>
    /// <param name="llama">The model; taken over.</param>
    /// <param name="adapter">The adapter around its projections.</param>
    /// <param name="seed">Seed of the adapter.</param>
    /// <param name="deviation">Standard deviation of its B.</param>
    public StepModel(LlamaModel llama, LoraAdapter adapter, int seed, double deviation)
    {
        (Llama, Adapter) = (llama, adapter);
        Adapter.Initialize(seed);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var weights in Adapter.Weights) weights.B.normal_(0, deviation, generator);
    }

    /// <summary>Draws the weights.</summary>
    /// <param name="shape">Size, type and seed.</param>
    public static StepModel Random(StepShape shape)
    {
        var adapter = new LoraAdapter(new LoraOptions { Rank = shape.Rank, Alpha = 2 * shape.Rank });
        return new StepModel(RandomLlama.Create(shape.Model, shape.Type, shape.Seed, adapter.Around(DenseProjection.Create)), adapter, shape.Seed, shape.UpdateDeviation);
    }

    /// <summary>The model with its adapter.</summary>
    public LlamaModel Llama { get; }

    /// <summary>The adapter, which our side trains.</summary>
    public LoraAdapter Adapter { get; }

    /// <inheritdoc/>
    public void Dispose() => Llama.Dispose();
}
