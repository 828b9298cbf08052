using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Diagnostics;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Objectives;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using AlignSharp.Testing;
using AlignSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Diagnostics;

[Collection(ProcessWide.Name)]
public class MemoryPlannerTests
{
    // Large enough that the tensors of a step come from the slabs.
    private static readonly LlamaConfig Config = new() { VocabularySize = 1000, HiddenSize = 256, IntermediateSize = 704, Layers = 6, Heads = 8, KeyValueHeads = 4, HeadDim = 32 };

    [Fact]
    public void Weights_are_counted_by_what_they_are_for()
    {
        WeightBytes Of(LlamaConfig config, ScalarType type) => WeightBytes.Of(new TrainingShape { Model = config, Type = type });
        // 96 tokens of 32; two layers of q and o 32·32, k and v 16·32, three of 48·32; five norms of 32.
        Assert.Equal(new WeightBytes(96 * 32 * 4, 2 * 7680 * 4, 96 * 32 * 4, 5 * 32 * 4), Of(TinyLlama.Config, ScalarType.Float32));
        Assert.Equal((2 * 96 * 32 + 2 * 7680 + 5 * 32) * 2, Of(TinyLlama.Config, ScalarType.BFloat16).Total);
        Assert.Equal(0, Of(TinyLlama.Config with { TieWordEmbeddings = true }, ScalarType.Float32).Head);
    }

    [Fact]
    public void Four_bits_are_half_a_byte_and_a_scale_for_each_64()
    {
        Assert.Equal(512 + 16 * 4, WeightBytes.FourBit(1024, doublyQuantised: false));
        Assert.Equal(512 + 16 + 4, WeightBytes.FourBit(1024, doublyQuantised: true));
        // 65 elements have a second scale, 257 scales a second one of theirs.
        Assert.Equal(33 + 2 * 4, WeightBytes.FourBit(65, doublyQuantised: false));
        Assert.Equal(257 * 32 + 257 + 8, WeightBytes.FourBit(257 * 64, doublyQuantised: true));
        var shape = new TrainingShape { Model = TinyLlama.Config, Type = ScalarType.BFloat16, FourBit = new FourBitOptions() };
        var packed = WeightBytes.Of(shape);
        Assert.Equal((96 * 32 * 2, 2 * (2 * 576 + 2 * 288 + 3 * 864), 96 * 32 * 2), (packed.Embedding, packed.Projections, packed.Head));
        // What the files have in the type already is mapped; only norms are private.
        Assert.Equal(new WeightBytes(0, packed.Projections, 0, 5 * 32 * 2), WeightBytes.Of(shape with { IsMapped = true }));
    }

    [Fact]
    public void States_of_each_optimizer_are_counted_and_paged_ones_are_not_private()
    {
        TrainingShape Of(string optimizer) => new() { Model = Config, Type = ScalarType.BFloat16, Adapter = new LoraOptions { Rank = 8, Targets = new AllLinearTargets() }, Optimizer = optimizer };
        var elements = Of("adamw_torch").TrainedElements;
        Assert.Equal(8 * elements, OptimizerMemory.StateBytes(Of("adamw_torch")));
        Assert.Equal(4 * elements, OptimizerMemory.StateBytes(Of("lion_32bit")));
        Assert.InRange(OptimizerMemory.StateBytes(Of("adamw_8bit")), 2 * elements, 8 * elements);
        // Matrices of an adapter this small stay in memory; one of a whole model does not.
        Assert.Equal(8 * elements, OptimizerMemory.StateBytes(Of("paged_adamw_32bit")));
        var whole = new TrainingShape { Model = Config, Type = ScalarType.Float32, Optimizer = "paged_adamw_32bit" };
        // Keys and values of 128 · 256 and the norms: what has fewer than 100,000 elements.
        Assert.Equal(8 * (6 * (2 * 128 * 256 + 2 * 256 * 256) + 13 * 256), OptimizerMemory.StateBytes(whole));
    }

    [Fact]
    public void What_a_token_keeps_is_the_sum_of_what_the_operators_save()
    {
        // A layer in float32: two norms' inputs of 32 and scales; q and attention's result of 32, k and v of 16, 4 sums; gate and up of 48.
        const int Always = 2 * (32 + 1) + 2 * 32 + 2 * 16 + 4 + 2 * 48;
        var whole = LlamaActivations.Of(TinyLlama.Config, ScalarType.Float32, adapterRank: null);
        Assert.Equal((2 * 4 * (Always + 32 + 32 + 48), 4 * (Always + 32 + 32 + 48), 4 * 32, 4 * (2 * 32 + 1 + 8)), (whole.Kept, whole.KeptOfLayer, whole.Input, whole.Ends));
        // An adapter of rank 2 on q alone: its input, and what comes out of A.
        var adapter = LlamaActivations.Of(TinyLlama.Config, ScalarType.Float32, path => path.EndsWith("q_proj", StringComparison.Ordinal) ? 2 : 0);
        Assert.Equal(2 * 4 * (Always + 32 + 2), adapter.Kept);
        Assert.Equal(adapter.Ends + adapter.Input + adapter.KeptOfLayer, adapter.Recorded(recomputes: true));
        // In bfloat16 all but scales, sums and the adapter's numbers is half as large.
        var narrow = LlamaActivations.Of(TinyLlama.Config, ScalarType.BFloat16, path => path.EndsWith("q_proj", StringComparison.Ordinal) ? 2 : 0);
        Assert.Equal(2 * (2 * (Always + 32 - 2 - 4) + 4 * (2 + 4 + 2)), narrow.Kept);
    }

    [Fact]
    public void Trained_elements_have_gradients_and_two_moments()
    {
        var whole = new MemoryPlanner(new TrainingShape { Model = TinyLlama.Config, Type = ScalarType.Float32, ProcessBytes = 1000 }).Plan(10, 5, recomputes: false);
        var weights = (2 * 96 * 32 + 2 * 7680 + 5 * 32) * 4;
        Assert.Equal((weights, 0, 2 * weights, 1000 + (48L << 20)), (whole.WeightBytes, whole.AdapterBytes, whole.OptimizerStateBytes, whole.ProcessBytes));
        // The embedding's gradient comes as a table of its own.
        Assert.Equal(weights + 96 * 32 * 4, whole.GradientBytes);
        // Rank 2 on q [32, 32] and v [16, 32] of two layers.
        var adapted = new MemoryPlanner(new TrainingShape { Model = TinyLlama.Config, Type = ScalarType.BFloat16, Adapter = new LoraOptions { Rank = 2 }, FreezesAdapter = true, AsksReference = true, RememberedRows = 7 }).Plan(10, 5, recomputes: false);
        const int Matrices = 2 * 2 * (64 + 48) * 4;
        Assert.Equal((weights / 2, Matrices, 2 * Matrices, Matrices, Matrices + 7 * 9), (adapted.WeightBytes, adapted.AdapterBytes, adapted.OptimizerStateBytes, adapted.GradientBytes, adapted.ReferenceBytes));
        Assert.Equal(adapted.TotalBytes, adapted.WeightBytes + adapted.AdapterBytes + adapted.OptimizerStateBytes + adapted.ReferenceBytes + adapted.GradientBytes + adapted.ActivationBytes + adapted.WorkingBytes + adapted.SlackBytes + adapted.ProcessBytes);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0, false, 600)]
    [InlineData(ScalarType.Float32, 0, true, 1200)]
    [InlineData(ScalarType.Float32, 8, false, 600)]
    [InlineData(ScalarType.Float32, 8, true, 600)]
    [InlineData(ScalarType.BFloat16, 8, false, 600)]
    [InlineData(ScalarType.BFloat16, 8, true, 600)]
    [InlineData(ScalarType.BFloat16, 8, false, 3000)]
    public void A_step_lends_from_the_slabs_what_is_planned(ScalarType type, int rank, bool recomputes, int tokens)
    {
        var lora = rank == 0 ? null : new LoraOptions { Rank = rank, Targets = new AllLinearTargets() };
        var adapter = lora is null ? null : new LoraAdapter(lora);
        using var model = TinyLlama.Create(Config, 1, adapter?.Around(DenseProjection.Create), type);
        adapter?.Initialize(1);
        model.RecomputesActivations = recomputes;
        var ids = Enumerable.Range(0, tokens / 3).Select(i => i % 900).ToArray();
        var pair = new TokenizedPair(ids, ids, [.. ids.Reverse()], new RowPosition("x", 1));
        IReferenceSource reference = adapter is null ? new NoReference() : new AdapterReference(model, adapter, AdapterUse.Off);
        var task = new PreferenceTask(new PreferencePass(model, reference, new SigmoidObjective(0.1)), [pair]);

        var before = SlabMemory.Shared.UsedBytes;
        SlabMemory.Shared.ForgetPeak();
        task.Accumulate(new TrainingUpdate([[0]], 1), 0);
        var used = SlabMemory.Shared.PeakUsedBytes - before;
        var size = RowSize.Of(pair);
        var planned = new MemoryPlanner(new TrainingShape { Model = Config, Type = type, Adapter = lora, AsksReference = adapter is not null }).StepBytes(size.Tokens, size.Scored, recomputes);
        Assert.InRange(planned / (double)used, 0.95, 1.15);
    }

    [Fact]
    public void The_largest_batch_that_fits_is_found()
    {
        var planner = new MemoryPlanner(new TrainingShape { Model = Config, Type = ScalarType.Float32, ProcessBytes = 100 << 20 });
        var rows = Enumerable.Repeat(new RowSize(500, 200, 0), 40).ToArray();
        var available = (long)(planner.Plan(5 * 500, 5 * 200, recomputes: false).TotalBytes / MemoryPlan.ShareToFill) + 1000;
        Assert.Equal(5, planner.MostRows(rows, available, recomputes: false));
        Assert.InRange(planner.MostRows(rows, available, recomputes: true), 6, 40);
        Assert.Equal(0, planner.MostRows(rows, 1 << 20, recomputes: true));
        var tokens = planner.MostTokens(available, recomputes: false);
        Assert.True(planner.Plan(tokens, tokens, recomputes: false).FitsInto(available));
        Assert.False(planner.Plan(tokens + 1, tokens + 1, recomputes: false).FitsInto(available));
        Assert.Equal(0, planner.MostTokens(1 << 20, recomputes: false));
    }

    [Fact]
    public void A_pair_costs_its_prompt_once_and_its_branches_see_it()
    {
        var pair = new TokenizedPair([1, 2, 3], [4, 5], [6], new RowPosition("x", 1));
        // 5·6/2 of prompt and chosen; the rejected token sees the prompt and itself.
        Assert.Equal(new RowSize(6, 3, 15 + 4), RowSize.Of(pair));
        Assert.Equal(new RowSize(3, 1, 3 + 1), RowSize.Of(pair with { PromptIds = [] }));
        Assert.Equal(new RowSize(12, 6, 38), RowSize.Sum([RowSize.Of(pair), RowSize.Of(pair)]));
    }

    [Fact]
    public void Time_is_what_the_parts_take()
    {
        var shape = new TrainingShape { Model = TinyLlama.Config, Type = ScalarType.Float32, Adapter = new LoraOptions { Rank = 2 } };
        var speed = new StepSpeed { LayerForward = 1, LayerBackward = 2, AttentionForward = 10, AttentionBackward = 20, HeadForward = 100, HeadTraining = 300, Update = 1000 };
        var epoch = new EpochSize(Tokens: 8, Scored: 2, Attended: 4);
        var kept = new TimePlanner(shape, speed).Plan(epoch, updatesPerEpoch: 2, steps: 6, hasReference: true, recomputes: false);
        // Two layers; half an epoch a step; 448 elements of the adapter.
        Assert.Equal(2 * (8 * 3 + 4 * 30) / 2.0 + 2 * 300 / 2.0 + 448 * 1000, kept.StepSeconds, 1e-6);
        Assert.Equal(2 * (8 + 40) + 200, kept.ReferenceSeconds, 1e-6);
        Assert.Equal(6 * kept.StepSeconds + kept.ReferenceSeconds, kept.TotalSeconds, 1e-6);
        // One of two layers again, without its down projection: 1536 of 7680.
        var again = new TimePlanner(shape, speed).Plan(epoch, 2, 6, hasReference: false, recomputes: true);
        Assert.Equal(kept.StepSeconds + 0.5 * 2 * (8 + 40) / 2.0 * 0.8, again.StepSeconds, 1e-6);
    }
}
