using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Optimizers;
using AlignSharp.Tracking;
using AlignSharp.Training;

namespace AlignSharp.Recipes.Demo;

/// <summary>Full fine-tuning on both answers of every pair, so that the model knows the topics and prefers neither answer.</summary>
internal static class DemoFineTuning
{
    public static void Run(CausalLanguageModel model, IReadOnlyList<TokenizedPair> pairs, DemoSettings settings, ITracker view, CancellationToken cancellation)
    {
        var sequences = pairs.SelectMany(pair => new[] { Sequence(pair, pair.ChosenIds), Sequence(pair, pair.RejectedIds) }).ToArray();
        var plan = new UpdatePlan(new RandomOrder(sequences.Length, settings.Seed), sequences.Length, settings.SftBatchAnswers, accumulation: 1, settings.SftEpochs, maxSteps: null);
        using var optimizer = new AdamW(ModelFolder.BaseParameters(model).Select(p => (p.Key, p.Value)), new AdamWOptions
        {
            Beta2 = settings.SftAdamBeta2,
            WeightDecay = settings.SftWeightDecay,
            MaxGradNorm = settings.MaxGradNorm,
        });
        var schedule = new CosineSchedule(new ScheduleSpan(settings.SftWarmupSteps, plan.TotalSteps));
        var loop = new TrainingLoop(new SupervisedTask(model, [.. sequences.Select(sequence => new SequenceGroup([sequence]))], new NegativeLogLikelihood()), plan, optimizer, schedule, view,
            new LoopOptions { LearningRate = settings.SftLearningRate, LoggingSteps = 20 });
        view.Start(new RunStart("SFT", plan.TotalSteps));
        try
        {
            loop.Run(cancellation);
        }
        finally
        {
            view.Finish();
        }
    }

    private static TokenizedSequence Sequence(TokenizedPair pair, int[] completion)
    {
        var scored = new bool[pair.PromptIds.Length + completion.Length];
        Array.Fill(scored, true, pair.PromptIds.Length, completion.Length);
        return new TokenizedSequence([.. pair.PromptIds, .. completion], scored, pair.Source);
    }
}
