using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Benchmarks.Step;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Benchmarks;

/// <summary>A training step of a few milliseconds: two layers, grouped key-value heads, pairs of unequal lengths.</summary>
internal static class TinyStep
{
    public static StepShape Shape { get; } = new()
    {
        Name = "tiny",
        Model = new ModelShape(Hidden: 32, Layers: 2, Heads: 4, KvHeads: 2, Inter: 48, Vocab: 96),
        Type = ScalarType.Float32,
        Pairs = 3,
        Prompt = new LengthRange(2, 9),
        Completion = new LengthRange(3, 12),
        Rank = 4,
        Steps = 6,
        // Far beyond what is measured, so that every term of the loss and every update shows in the fifth digit.
        LearningRate = 0.01,
        UpdateDeviation = 0.3,
    };
}
