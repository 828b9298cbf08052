using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using AlignSharp.Tracking;
using AlignSharp.Training;
using TorchSharp;
using static TorchSharp.torch;
using AdamW = AlignSharp.Optimizers.AdamW;

namespace AlignSharp.Tests.Training;

/// <summary>A tiny model with an adapter whose update is not zero, ready to train.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly AdamW _optimizer;

    public TinyRun(double dropout = 0, long seed = 5, AdapterUse reference = AdapterUse.Off)
    {
        Adapter = new LoraAdapter(new LoraOptions { Rank = 3, Alpha = 6, Dropout = dropout, Targets = new AllLinearTargets() });
        Model = TinyLlama.Create(TinyLlama.Config, seed, Adapter.Around(DenseProjection.Create));
        Adapter.Initialize(seed);
        using (no_grad())
        using (var generator = new Generator((ulong)seed, CPU))
        using (NewDisposeScope())
            foreach (var weights in Adapter.Weights) weights.B.copy_(randn(weights.B.shape, generator: generator) * 0.05);
        if (reference == AdapterUse.Reference) Adapter.FreezeReference();
        if (dropout > 0) Model.train();
        else Model.eval();
        Pass = new PreferencePass(Model, new AdapterReference(Model, Adapter, reference), new SigmoidObjective(0.3));
        // With a small epsilon the first updates are the rate times the gradient's sign, which rounding decides where the gradient is nearly 0.
        _optimizer = new AdamW(Adapter.Weights.SelectMany(w => new[] { ($"{w.Path}.lora_A.weight", w.A), ($"{w.Path}.lora_B.weight", w.B) }), new AdamWOptions { Epsilon = 1e-3 });
    }

    public LlamaModel Model { get; }

    public LoraAdapter Adapter { get; }

    public PreferencePass Pass { get; }

    public RecordingTracker Tracker { get; } = new();

    public TrainingLoop Loop(ITrainingTask task, UpdatePlan plan, int evaluationSteps = 0, Func<CancellationToken, BatchMetrics>? evaluate = null, Action<TrainingProgress>? save = null, double learningRate = 0.01) =>
        new(task, plan, _optimizer, new ConstantSchedule(), Tracker, new LoopOptions { LearningRate = learningRate, LoggingSteps = 1, EvaluationSteps = evaluationSteps, SaveSteps = 1 }) { Evaluate = evaluate, Save = save };

    public Rehearsal Rehearsal(ITrainingTask task, UpdatePlan plan, Action<string> note) => new(task, plan, _optimizer, note);

    public void Train(IReadOnlyList<TokenizedPair> pairs, int batchSize, int accumulation, int steps) =>
        Loop(new PreferenceTask(Pass, pairs), new UpdatePlan(new SequentialOrder(pairs.Count), pairs.Count, batchSize, accumulation, 1, steps)).Run();

    /// <summary>All adapter values, for comparison.</summary>
    public float[] Values()
    {
        using var noGradient = no_grad();
        return [.. Adapter.Parameters.SelectMany(p => p.detach().data<float>().ToArray())];
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        Model.Dispose();
    }
}
