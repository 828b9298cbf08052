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
    /// <summary>Draws the weights.</summary>
    /// <param name="shape">Size, type and seed.</param>
    public StepModel(StepShape shape)
    {
        Adapter = new LoraAdapter(new LoraOptions { Rank = shape.Rank, Alpha = 2 * shape.Rank });
        Llama = RandomLlama.Create(shape.Model, shape.Type, shape.Seed, Adapter.Around(DenseProjection.Create));
        Adapter.Initialize(shape.Seed);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)shape.Seed, CPU);
        foreach (var weights in Adapter.Weights) weights.B.normal_(0, shape.UpdateDeviation, generator);
    }

    /// <summary>The model with its adapter.</summary>
    public LlamaModel Llama { get; }

    /// <summary>The adapter, which our side trains.</summary>
    public LoraAdapter Adapter { get; }

    /// <inheritdoc/>
    public void Dispose() => Llama.Dispose();
}
