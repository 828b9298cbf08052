using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using AlignSharp.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Models;

public class Bfloat16Tests
{
    [Theory]
    [InlineData("trl/model_a")]
    [InlineData("trl/model_b")]
    public void The_loss_of_dpo_in_bfloat16_stays_near_that_in_float32(string name)
    {
        var wide = Losses(name, ScalarType.Float32);
        var narrow = Losses(name, ScalarType.BFloat16);
        Assert.InRange(wide.Min(), 0, 0.68); // the adapter has learnt something, so the comparison says something
        foreach (var (expected, actual) in wide.Zip(narrow)) Assert.Equal(expected, actual, 5e-3);
    }

    private static double[] Losses(string name, ScalarType type)
    {
        var adapter = new LoraAdapter(new LoraOptions { Alpha = 16, Targets = new AllLinearTargets() });
        var folder = Golden.Path(name);
        using (var model = ModelFolder.Load(folder, ModelConfigReader.Read(folder), type, CPU, adapter.Around))
        {
            adapter.Initialize(1);
            var pairs = GoldenPairs.Load("trl/dpo_lora/pairs.json");
            var pass = new PreferencePass(model, new AdapterReference(model, adapter, AdapterUse.Off), new SigmoidObjective());
            using var optimizer = new AlignSharp.Optimizers.AdamW(adapter.Weights.SelectMany(w => new[] { (w.Path + ".A", w.A), (w.Path + ".B", w.B) }), new AdamWOptions());
            var plan = new UpdatePlan(new SequentialOrder(pairs.Count), pairs.Count, 8, 1, 1, 6);
            var tracker = new RecordingTracker();
            new TrainingLoop(new PreferenceTask(pass, pairs), plan, optimizer, new ConstantSchedule(), tracker, new LoopOptions { LearningRate = 2e-3, LoggingSteps = 1 }).Run();
            return [.. tracker.Steps.Select(s => s.Batch.Loss)];
        }
    }
}
