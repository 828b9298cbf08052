using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Tensors;
using AlignSharp.Training;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.Step;

/// <summary>The engine's step, put together as its DPO recipe does.</summary>
internal sealed class OurStep : IStep
{
    private readonly StepShape _shape;
    private readonly PreferenceTask _task;
    private readonly AdamW _optimizer;

    /// <summary>Puts the step together and, where the shape says so, asks the reference about every batch ahead.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="model">The model, whose adapter is trained; stays the caller's.</param>
    public OurStep(StepShape shape, StepModel model)
    {
        _shape = shape;
        var pairs = RandomPairs.All(shape);
        IReferenceSource reference = new AdapterReference(model.Llama, model.Adapter, AdapterUse.Off);
        if (shape.ReferenceKnown) reference = Remember(reference, model, pairs);
        model.Llama.train();
        model.Llama.RecomputesActivations = shape.Checkpointing;
        _task = new PreferenceTask(new PreferencePass(model.Llama, reference, new SigmoidObjective(StepShape.Beta)), pairs);
        // Without clipping, as the baseline; the norm is computed all the same.
        _optimizer = new AdamW(
            model.Adapter.Weights.SelectMany(w => new[] { ($"{w.Path}.lora_A.weight", w.A), ($"{w.Path}.lora_B.weight", w.B) }),
            new AdamWOptions { MaxGradNorm = 0 });
    }

    /// <inheritdoc/>
    public double Run(int step)
    {
        var metrics = _task.Accumulate(new TrainingUpdate([Rows(step)], Epoch: 0), microBatch: 0);
        _optimizer.Update(_shape.LearningRate);
        return metrics.Loss;
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private int[] Rows(int step) => [.. Enumerable.Range(step * _shape.Pairs, _shape.Pairs)];

    private RememberedReference Remember(IReferenceSource source, StepModel model, IReadOnlyList<TokenizedPair> pairs)
    {
        var remembered = new RememberedReference(source, pairs.Count);
        for (var step = 0; step < _shape.Batches; step++)
        {
            using var scope = NewDisposeScope();
            using var batch = new TokenBatch(Packer.Pack([.. Rows(step).Select(row => pairs[row])]), model.Llama.Device);
            remembered.Logps(batch, Rows(step));
        }
        return remembered;
    }
}
