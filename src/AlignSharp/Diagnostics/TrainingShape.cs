using AlignSharp.Adapters.Lora;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Optimizers;
using AlignSharp.Quantization;
using TorchSharp;
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

    /// <summary>Type of the adapter's tensors; default float32.</summary>
    public ScalarType AdapterType { get; init; } = ScalarType.Float32;

    /// <summary>The optimizer, as <c>optim</c> names it.</summary>
    public string Optimizer { get; init; } = "adamw_torch_fused";

    /// <summary><c>optim_args</c>; default none.</summary>
    public IReadOnlyDictionary<string, double> OptimizerArguments { get; init; } = new Dictionary<string, double>();

    /// <summary>How the projections are of 4 bits; null where they are not.</summary>
    public FourBitOptions? FourBit { get; init; }

    /// <summary>Whether what is not of 4 bits can be mapped from its files, as models with <see cref="FourBit"/> projections do: its pages are no private memory.</summary>
    public bool IsMapped { get; init; }

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

    /// <summary>What the optimizer updates: the weights, or of an adapter A and B, the lengths of DoRA's rows, and what is trained in full.</summary>
    internal IEnumerable<ParameterShape> Trained => Adapter is null
        ? Weights.Select(weight => new ParameterShape(weight.Name, weight.Shape, Type))
        : Weights.SelectMany(weight => OfAdapter(weight, Adapter));

    /// <summary>Their bytes.</summary>
    public long TrainedBytes => Trained.Sum(parameter => parameter.Elements * parameter.Type.ElementSize());

    /// <summary>Their elements.</summary>
    public long TrainedElements => Trained.Sum(parameter => parameter.Elements);

    private IEnumerable<ParameterShape> OfAdapter(WeightShape weight, LoraOptions adapter)
    {
        ParameterShape Of(string name, params long[] sizes) => new($"{weight.Path}.{name}", sizes, AdapterType);
        if (RankOf(weight) is > 0 and var rank)
        {
            yield return Of("lora_A.weight", rank, weight.Shape[1]);
            yield return Of("lora_B.weight", weight.Shape[0], rank);
            if (adapter.Decomposed) yield return Of("lora_magnitude_vector", weight.Shape[0]);
            if (adapter.HasBiasOfB) yield return Of("lora_B.bias", weight.Shape[0]);
        }
        else if (adapter.Saves(weight.Path))
        {
            yield return new ParameterShape(weight.Name, weight.Shape, AdapterType);
        }
    }

    /// <summary>Rank of the adapter on a projection, 0 where it has none.</summary>
    internal int RankOf(WeightShape weight) => weight.Kind is WeightKind.Projection or WeightKind.Head && Adapter is { } adapter
        && adapter.Adapts(weight.Path, weight.Kind == WeightKind.Head ? AdaptedModule.OutputHead : AdaptedModule.Projection) ? adapter.RankOf(weight.Path) : 0;

    /// <summary>Whether a weight is of 4 bits.</summary>
    internal bool IsFourBit(WeightShape weight) => weight.Kind is WeightKind.Projection or WeightKind.Head
        && FourBit?.Quantizes(new ProjectionSite(weight.Path, weight.Shape[1], weight.Shape[0], HasBias: false, weight.Kind == WeightKind.Head, Type, CPU)) == true;

    /// <summary>What a step takes for each token.</summary>
    internal ActivationBytes Activations()
    {
        if (Adapter is null) return LlamaActivations.Of(Model, Type, adapterRank: null);
        var ranks = Weights.Where(weight => weight.Kind is WeightKind.Projection or WeightKind.Head).ToDictionary(weight => weight.Path, RankOf);
        return LlamaActivations.Of(Model, Type, path => ranks[path]);
    }
}
