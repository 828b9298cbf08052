using AlignSharp.Adapters.Lora;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using static TorchSharp.torch;

namespace AlignSharp.Diagnostics;

/// <summary>What a run trains, and how: all that its memory and time depend on beside the data.</summary>
public sealed record TrainingShape
{
    /// <summary>The model's shape.</summary>
    public required LlamaConfig Model { get; init; }

    /// <summary>Type of weights and activations.</summary>
    public required ScalarType Type { get; init; }

    /// <summary>The adapter that is trained; null where the weights are.</summary>
    public LoraOptions? Adapter { get; init; }

    /// <summary>The optimizer, as <c>optim</c> names it.</summary>
    public string Optimizer { get; init; } = "adamw_torch_fused";

    /// <summary>Whether the reference is asked while what the policy keeps for its gradient is there.</summary>
    public bool AsksReference { get; init; }

    /// <summary>The shape of a second model that is the reference, or null.</summary>
    public LlamaConfig? SecondModel { get; init; }

    /// <summary>Whether a copy of the adapter is kept as the reference.</summary>
    public bool FreezesAdapter { get; init; }

    /// <summary>Rows whose reference log-probabilities are remembered.</summary>
    public long RememberedRows { get; init; }

    /// <summary>Private memory of the process without tensors: the runtime, libtorch, the tokenizer and the tokenised data.</summary>
    public long ProcessBytes { get; init; }

    /// <summary>The model's tensors.</summary>
    internal IReadOnlyList<WeightShape> Weights => [.. LlamaWeights.Of(Model)];

    /// <summary>Elements of the adapter's matrices; 0 without one.</summary>
    public long AdapterElements => Adapter is null ? 0 : Weights.Where(weight => RankOf(weight) > 0).Sum(weight => RankOf(weight) * (weight.Shape[0] + weight.Shape[1]));

    /// <summary>Rank of the adapter on a projection, 0 where it has none.</summary>
    internal int RankOf(WeightShape weight) => weight.Kind is WeightKind.Projection or WeightKind.Head && Adapter is { } adapter
        && adapter.Targets.Matches(new ProjectionSite(weight.Path, weight.Shape[1], weight.Shape[0], HasBias: false, weight.Kind == WeightKind.Head, Type, CPU)) ? adapter.Rank : 0;

    /// <summary>What a step takes for each token.</summary>
    internal ActivationBytes Activations()
    {
        if (Adapter is null) return LlamaActivations.Of(Model, Type, adapterRank: null);
        var ranks = Weights.Where(weight => weight.Kind is WeightKind.Projection or WeightKind.Head).ToDictionary(weight => weight.Path, RankOf);
        return LlamaActivations.Of(Model, Type, path => ranks[path]);
    }
}
