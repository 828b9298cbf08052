using System.Text.Json;
using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using AlignSharp.Tracking;
using AlignSharp.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Training;

/// <summary>Whole training runs of the real DPOTrainer (golden/trl/README.md), step by step.</summary>
public class DpoTrajectoryTests
{
    [Theory]
    [InlineData("trl/dpo_lora", "trl/adapter_init", "1.9.0", AdapterUse.Off)]
    [InlineData("trl/dpo_preinit", "trl/dpo_preinit/adapter_init", "1.9.0", AdapterUse.Reference)]
    [InlineData("trl/dpo_preinit", "trl/dpo_preinit/adapter_init", "0.13.0", AdapterUse.Off)]
    public void A_lora_run_equals_the_trainer_of_trl(string run, string adapterName, string version, AdapterUse reference)
    {
        var (model, adapter) = GoldenModels.LoadWithAdapter("trl/model_a", adapterName);
        using (model)
        {
            if (reference == AdapterUse.Reference) adapter.FreezeReference();
            var trained = adapter.Weights.SelectMany(w => new[] { ($"{w.Path}.lora_A.weight", w.A), ($"{w.Path}.lora_B.weight", w.B) });
            Follow($"{run}/trajectory_trl_v{version}.json", $"{run}/pairs.json", model, new AdapterReference(model, adapter, reference), trained);
            using var final = SafetensorsFile.Open(Golden.Path($"{run}/adapter_final_trl_v{version}/adapter_model.safetensors"));
            foreach (var weights in adapter.Weights)
            {
                AssertNear(final, $"base_model.model.{weights.Path}.lora_A.weight", weights.A);
                AssertNear(final, $"base_model.model.{weights.Path}.lora_B.weight", weights.B);
            }
        }
    }

    [Fact]
    public void A_full_run_with_a_second_reference_model_equals_the_trainer_of_trl()
    {
        using var model = GoldenModels.Load("trl/model_a");
        using var reference = GoldenModels.Load("trl/model_a");
        foreach (var parameter in model.parameters()) parameter.requires_grad = true;
        Follow("trl/dpo_full/trajectory_trl_v1.9.0.json", "trl/dpo_full/pairs.json", model, new ModelReference(reference), ModelFolder.BaseParameters(model).Select(p => (p.Key, p.Value)));
        using var final = SafetensorsFile.Open(Golden.Path("trl/dpo_full/final_trl_v1.9.0.safetensors"));
        foreach (var (name, parameter) in ModelFolder.BaseParameters(model)) AssertNear(final, name, parameter);
    }

    private static void Follow(string trajectory, string pairsFile, CausalLanguageModel model, IReferenceSource reference, IEnumerable<(string, Parameter)> trained)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path(trajectory)));
        var config = json.RootElement.GetProperty("config");
        var pairs = GoldenPairs.Load(pairsFile);
        var steps = config.GetProperty("steps").GetInt32();
        var rate = config.GetProperty("lr").GetDouble();
        using var optimizer = new AlignSharp.Optimizers.AdamW(trained, new AdamWOptions { WeightDecay = config.GetProperty("wd").GetDouble(), MaxGradNorm = config.GetProperty("mgn").GetDouble() });
        var pass = new PreferencePass(model, new RememberedReference(reference, pairs.Count), new SigmoidObjective(config.GetProperty("beta").GetDouble()));
        var plan = new UpdatePlan(new SequentialOrder(pairs.Count), pairs.Count, config.GetProperty("bs").GetInt32(), config.GetProperty("ga").GetInt32(), 1, steps);
        var schedule = AlignSharp.Optimizers.Registry.CreateSchedule(config.GetProperty("sched").GetString()!, new ScheduleSpan(config.GetProperty("warmup").GetInt32(), steps), rate, new Dictionary<string, double>());
        var tracker = new RecordingTracker();
        new TrainingLoop(new PreferenceTask(pass, pairs), plan, optimizer, schedule, tracker, new LoopOptions { LearningRate = rate, LoggingSteps = 1 }).Run();

        Assert.Equal(steps, tracker.Steps.Count);
        foreach (var (expected, actual) in json.RootElement.GetProperty("steps").EnumerateArray().Zip(tracker.Steps))
            AssertStep(expected, actual, hasAllMetrics: trajectory.Contains("1.9.0"));
    }

    private static void AssertStep(JsonElement expected, StepMetrics actual, bool hasAllMetrics)
    {
        var named = actual.Named().ToDictionary();
        void Near(string key, double tolerance, string? goldenKey = null)
        {
            var golden = expected.GetProperty(goldenKey ?? key).GetDouble();
            Assert.True(Math.Abs(golden - named[key]) <= tolerance, $"step {actual.Step} {key}: {golden} expected, {named[key]} found");
        }
        Near("loss", 2e-6);
        Near("grad_norm", 5e-6 * expected.GetProperty("grad_norm").GetDouble());
        Near("learning_rate", 1e-12, "lr_used");
        foreach (var key in new[] { "rewards/chosen", "rewards/rejected", "rewards/margins", "logps/chosen", "logps/rejected" }) Near(key, 1e-4);
        Near("rewards/accuracies", 1e-9);
        if (!hasAllMetrics) return;
        foreach (var key in new[] { "logits/chosen", "logits/rejected", "entropy", "mean_token_accuracy" }) Near(key, 1e-4);
        Near("num_tokens", 0);
    }

    private static void AssertNear(SafetensorsFile golden, string name, Tensor actual)
    {
        using var expected = golden.Read(name);
        var difference = TensorCompare.Absolute(expected, actual);
        Assert.True(difference <= 2e-6, $"{name}: {difference}");
    }
}
