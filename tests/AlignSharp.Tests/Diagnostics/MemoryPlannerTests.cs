using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Diagnostics;
using AlignSharp.Evaluation;
using AlignSharp.Models.Llama;
using AlignSharp.Objectives;
using AlignSharp.Runtime;
using AlignSharp.Testing;
using AlignSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Diagnostics;

[Collection("process-wide")]
public class MemoryPlannerTests
{
    private static readonly LlamaConfig Config = new() { VocabularySize = 1000, HiddenSize = 256, IntermediateSize = 704, Layers = 6, Heads = 8, KeyValueHeads = 4, HeadDim = 32 };

    [Theory]
    [InlineData(ScalarType.Float32, 0, false, 600)]
    [InlineData(ScalarType.Float32, 0, true, 600)]
    [InlineData(ScalarType.Float32, 8, false, 600)]
    [InlineData(ScalarType.Float32, 8, true, 600)]
    [InlineData(ScalarType.BFloat16, 8, false, 600)]
    [InlineData(ScalarType.BFloat16, 8, true, 600)]
    [InlineData(ScalarType.BFloat16, 8, false, 3000)]
    public void Probe(ScalarType type, int rank, bool recomputes, int tokens)
    {
        var lora = rank == 0 ? null : new LoraOptions { Rank = rank, Targets = new AllLinearTargets() };
        var adapter = lora is null ? null : new LoraAdapter(lora);
        using var model = TinyLlama.Create(Config, 1, adapter?.Around(AlignSharp.Models.DenseProjection.Create), type);
        if (adapter is not null) { adapter.Initialize(1); }
        model.RecomputesActivations = recomputes;
        var ids = Enumerable.Range(0, tokens / 3).Select(i => i % 900).ToArray();
        var pair = new TokenizedPair(ids, ids, [.. ids.Reverse()], new RowPosition("x", 1));
        IReferenceSource reference = adapter is null ? new NoReference() : new AdapterReference(model, adapter, AdapterUse.Off);
        var task = new PreferenceTask(new PreferencePass(model, reference, AlignSharp.Objectives.Registry.Create("sigmoid", new ObjectiveParameters(0.1, 0))), [pair]);
        SlabMemory.Shared.ForgetPeak();
        var before = SlabMemory.Shared.UsedBytes;
        task.Accumulate(new TrainingUpdate([[0]], 1), 0);
        var used = SlabMemory.Shared.PeakUsedBytes - before;
        var size = RowSize.Of(pair);
        var plan = new MemoryPlanner(new TrainingShape { Model = Config, Type = type, Adapter = lora, AsksReference = adapter is not null }).Plan(size.Tokens, size.Scored, recomputes);
        var planned = (plan.Gradients + plan.Activations + plan.Working) / 1.05;
        File.AppendAllText("/tmp/plan-probe.txt", "\n" + $"{type} rank {rank} recomputes {recomputes} tokens {tokens}: used {used / 1e6:0.00} MB, planned {planned / 1e6:0.00}, ratio {planned / used:0.000} (A {plan.Activations / 1e6:0.00} W {plan.Working / 1e6:0.00} G {plan.Gradients / 1e6:0.00})");
    }
}
