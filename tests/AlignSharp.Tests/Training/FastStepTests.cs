using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Runtime;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using AlignSharp.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using AdamW = AlignSharp.Optimizers.AdamW;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Tests.Training;

/// <summary>The whole step of training as it is fast (packed rows, shared prompts, kernels) against what it must equal.</summary>
[Collection(ProcessWide.Name)]
public class FastStepTests
{
    private const double Beta = 0.3; // TinyRun's

    // Sums of float32 products in another order, over 50 updates that build on one another.
    private const double FiveDigits = 1e-5;

    public static TheoryData<string> Trainings => [.. Kinds.Keys];

    private static readonly Dictionary<string, Func<IReadOnlyList<TokenizedPair>, bool, float[]>> Kinds = new()
    {
        ["adapters on queries and values"] = (pairs, recomputes) => TrainAdapter(pairs, recomputes, LoraTargets.Default, dropout: 0),
        ["adapters on all projections"] = (pairs, recomputes) => TrainAdapter(pairs, recomputes, new AllLinearTargets(), dropout: 0),
        ["adapters on all projections with dropout"] = (pairs, recomputes) => TrainAdapter(pairs, recomputes, new AllLinearTargets(), dropout: 0.3),
        ["an adapter on the last projection of a layer"] = (pairs, recomputes) => TrainAdapter(pairs, recomputes, new NamedTargets(["down_proj"]), dropout: 0.3),
        ["all weights"] = TrainAll,
    };

    [Fact]
    public void Losses_of_fifty_updates_equal_those_of_the_plain_model_in_float64_to_five_digits()
    {
        const int steps = 50;
        const double rate = 0.02;
        var pairs = TinyPairs.Create(8, seed: 31);
        using var run = new TinyRun();
        var expected = OracleLosses(run, pairs, steps, rate);
        run.Loop(new PreferenceTask(run.Pass, pairs), new UpdatePlan(new SequentialOrder(pairs.Count), pairs.Count, pairs.Count, 1, 1, steps), learningRate: rate).Run();
        var actual = run.Tracker.Steps.Select(step => step.Batch.Loss).ToArray();
        Assert.Equal(steps, actual.Length);
        Assert.InRange(expected[^1], 0, 0.3); // it has learnt, so that the comparison says something
        foreach (var (step, (one, other)) in expected.Zip(actual).Index()) Assert.True(Math.Abs(one - other) <= FiveDigits * one, $"step {step + 1}: {one} expected, {other} found");
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void The_same_seed_gives_the_same_bits_with_and_without_recomputed_activations(string training)
    {
        var pairs = TinyPairs.Create(6, seed: 32, longest: 20);
        var plain = Kinds[training](pairs, false);
        Assert.Equal(plain, Kinds[training](pairs, false));
        Assert.Equal(plain, Kinds[training](pairs, true));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var pairs = TinyPairs.Create(6, seed: 32, longest: 60);
        var before = get_num_threads();
        try
        {
            // Threads of their own, because the number belongs to the thread that sets it.
            float[] With(int threads) => TorchThread.Run(() =>
            {
                set_num_threads(threads);
                return TrainAdapter(pairs, recomputes: false, new AllLinearTargets(), dropout: 0.3);
            });
            var alone = With(1);
            Assert.Equal(alone, With(2));
            Assert.Equal(alone, With(5));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neither_memory_nor_tensors_grow_from_update_to_update(bool recomputes)
    {
        // Wide enough that activations come from slabs.
        var config = TinyLlama.Config with { HiddenSize = 96, IntermediateSize = 200 };
        var pairs = TinyPairs.Create(4, seed: 33, longest: 120);
        var adapter = new LoraAdapter(new LoraOptions { Rank = 3, Dropout = 0.1, Targets = new AllLinearTargets() });
        using var model = TinyLlama.Create(config, 5, adapter.Around(DenseProjection.Create));
        adapter.Initialize(1);
        model.train();
        model.RecomputesActivations = recomputes;
        using var optimizer = new AdamW(Named(adapter), new AdamWOptions());
        var pass = new PreferencePass(model, new AdapterReference(model, adapter, AdapterUse.Off), new SigmoidObjective());
        var (used, live) = (new List<long>(), new List<long>());
        var largest = 0L;
        var loop = new TrainingLoop(new PreferenceTask(pass, pairs), new UpdatePlan(new SequentialOrder(4), 4, 2, 2, 1, 8), optimizer, new ConstantSchedule(), new RecordingTracker(), new LoopOptions { LearningRate = 1e-3, SaveSteps = 1 })
        {
            Save = _ =>
            {
                used.Add(SlabMemory.Shared.UsedBytes);
                live.Add(LeakCheck.LiveTensors);
                largest = Math.Max(largest, SlabMemory.Shared.ReservedBytes);
            },
        };
        GC.Collect();
        GC.WaitForPendingFinalizers();
        loop.Run();
        Assert.True(largest > 0); // slabs have been used at all
        Assert.All(used.Skip(2), bytes => Assert.Equal(used[2], bytes));
        Assert.All(live.Skip(2), count => Assert.Equal(live[2], count));
    }

    // Padded rows, libtorch's operators and optimizer; an adapted weight is the sum of base and update.
    private static double[] OracleLosses(TinyRun run, IReadOnlyList<TokenizedPair> pairs, int steps, double rate)
    {
        using var scope = NewDisposeScope();
        var frozen = ModelFolder.BaseParameters(run.Model).ToDictionary(p => p.Key, p => p.Value.detach().to(ScalarType.Float64));
        var adapters = run.Adapter.Weights.Select(w => (w.Path, A: Trained(w.A), B: Trained(w.B))).ToArray();
        using var optimizer = optim.AdamW(adapters.SelectMany(w => new[] { w.A, w.B }), rate, eps: 1e-3, weight_decay: 0); // TinyRun's
        var scaling = run.Adapter.Options.Scaling;
        var reference = Margins(run.Model.Config, frozen, pairs).detach();
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var weights = new Dictionary<string, Tensor>(frozen);
            foreach (var (path, a, b) in adapters) weights[$"{path}.weight"] = frozen[$"{path}.weight"] + b.mm(a) * scaling;
            var loss = -F.logsigmoid((Margins(run.Model.Config, weights, pairs) - reference) * Beta).mean();
            losses[step] = loss.item<double>();
            optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(adapters.SelectMany(w => new[] { w.A, w.B }), 1);
            optimizer.step();
        }
        return losses;
    }

    private static Parameter Trained(Tensor matrix) => new(matrix.detach().to(ScalarType.Float64, copy: true));

    // Log-probability of the chosen less that of the rejected completion, for each pair.
    private static Tensor Margins(LlamaConfig config, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyList<TokenizedPair> pairs)
    {
        int[][] rows = [.. pairs.SelectMany(pair => new int[][] { [.. pair.PromptIds, .. pair.ChosenIds], [.. pair.PromptIds, .. pair.RejectedIds] })];
        var logps = new PlainLlama(config, weights).TokenLogps(rows);
        Tensor Sum(int row, int prompt) => logps[row].narrow(0, prompt - 1, rows[row].Length - prompt).sum();
        return stack([.. pairs.Select((pair, i) => Sum(2 * i, pair.PromptIds.Length) - Sum(2 * i + 1, pair.PromptIds.Length))]);
    }

    private static float[] TrainAdapter(IReadOnlyList<TokenizedPair> pairs, bool recomputes, LoraTargets targets, double dropout)
    {
        random.manual_seed(3);
        var adapter = new LoraAdapter(new LoraOptions { Rank = 3, Dropout = dropout, Targets = targets });
        using var model = TinyLlama.Create(TinyLlama.Config with { Layers = 3 }, 5, adapter.Around(DenseProjection.Create));
        adapter.Initialize(1);
        model.train();
        return [.. Train(model, new AdapterReference(model, adapter, AdapterUse.Off), Named(adapter), pairs, recomputes), .. adapter.Parameters.SelectMany(Values)];
    }

    private static float[] TrainAll(IReadOnlyList<TokenizedPair> pairs, bool recomputes)
    {
        using var model = TinyLlama.Create(TinyLlama.Config with { Layers = 3, AttentionBias = true }, 5);
        using var reference = TinyLlama.Create(TinyLlama.Config with { Layers = 3, AttentionBias = true }, 5);
        var trained = ModelFolder.BaseParameters(model).ToArray();
        return [.. Train(model, new ModelReference(reference), trained.Select(p => (p.Key, p.Value)), pairs, recomputes), .. trained.SelectMany(p => Values(p.Value))];
    }

    // Three updates of two micro-batches; returns the losses and the norms of the gradients.
    private static float[] Train(LlamaModel model, IReferenceSource reference, IEnumerable<(string, Parameter)> trained, IReadOnlyList<TokenizedPair> pairs, bool recomputes)
    {
        model.RecomputesActivations = recomputes;
        using var optimizer = new AdamW(trained, new AdamWOptions());
        var tracker = new RecordingTracker();
        var task = new PreferenceTask(new PreferencePass(model, reference, new SigmoidObjective()), pairs);
        new TrainingLoop(task, new UpdatePlan(new SequentialOrder(pairs.Count), pairs.Count, 2, 2, 2, 3), optimizer, new ConstantSchedule(), tracker, new LoopOptions { LearningRate = 0.01, LoggingSteps = 1 }).Run();
        Assert.Equal(3, tracker.Steps.Count);
        return [.. tracker.Steps.SelectMany(step => new[] { (float)step.Batch.Loss, (float)step.GradNorm })];
    }

    private static IEnumerable<(string, Parameter)> Named(LoraAdapter adapter) => adapter.Weights.SelectMany(w => new[] { ($"{w.Path}.lora_A.weight", w.A), ($"{w.Path}.lora_B.weight", w.B) });

    private static float[] Values(Parameter parameter)
    {
        using var scope = NewDisposeScope();
        return parameter.detach().data<float>().ToArray();
    }
}
