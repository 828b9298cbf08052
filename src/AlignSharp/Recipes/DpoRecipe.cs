using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Diagnostics;
using AlignSharp.Evaluation;
using AlignSharp.Runtime;
using AlignSharp.Training;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Direct Preference Optimization of a model or an adapter, from folders and files to a folder: <c>align dpo</c>.</summary>
public static class DpoRecipe
{
    /// <summary>Runs it. Everything that can be checked is checked before the first step.</summary>
    /// <param name="options">The run.</param>
    /// <param name="host">Shows the run and takes notes.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data, or divergence.</exception>
    public static TrainingResult Run(DpoRunOptions options, RunHost host, CancellationToken cancellation = default)
    {
        options.Validate();
        OutputFolder.Prepare(options.OutputDir);
        if (RunOutput.HoldsResult(options.OutputDir)) host.Note($"{options.OutputDir}: holds the result of an earlier run, which this run replaces");
        ComputeThreads.Configure(options.Threads);
        random.manual_seed(options.Seed);

        using var policy = PolicyPreparation.Load(options, withDropout: !options.DisableDropout, host);
        var data = new PreferenceData(options, policy.Source, host);
        var (train, evaluation) = data.LoadTraining(cancellation);
        if (options.Evaluates) evaluation ??= data.LoadEvaluation(cancellation);

        ActivationPlan.Apply(options, policy, [.. train.Select(RowSize.Of)], host.Note);
        using var references = References.Choose(options, policy);
        host.Note($"reference: {references.Description}");
        var memory = new ReferenceMemory(references, policy, options, host);
        var objective = ObjectiveChoice.Create(options);
        var sum = new CompletionSum(options.LdAlpha ?? 1);
        var remembered = memory.For(train, options.PerDeviceTrainBatchSize, cancellation);
        var pass = new PreferencePass(policy.Model, remembered, objective, sum);
        var evaluator = evaluation is null || !options.Evaluates ? null : new PairEvaluator(new PreferencePass(policy.Model, memory.For(evaluation, options.PerDeviceEvalBatchSize, cancellation), objective, sum), evaluation, options.PerDeviceEvalBatchSize, options.MaxTokensPerBatch ?? int.MaxValue);

        // The rehearsal asks the reference itself, unless the run's memory of it is already full, and has an objective of its own, which may remember batches.
        var rehearsed = new PreferencePass(policy.Model, options.PrecomputeRefLogProbs ? remembered : references.Source, ObjectiveChoice.Create(options), sum);
        if (references.EqualsPolicyAtStart) StartCheck.Run(rehearsed, train, host.Note);
        return new TrainingRun(options, policy, Card(options, references), new RunLineage("dpo", options, policy, RunDatasets.Training(options).Files, references.Description), host) { ChatTemplate = ChatTemplateChoice.Given(options.ChatTemplatePath, policy.TokenizerFolder) }
            .Run(new PreferenceTask(pass, train), new PreferenceTask(rehearsed, train), evaluator is null ? null : evaluator.Evaluate, cancellation);
    }

    private static ModelCardFacts Card(DpoRunOptions options, References references) => new(
        "Direct Preference Optimization ([arXiv:2305.18290](https://arxiv.org/abs/2305.18290))", "pairs", ["dpo", "preference-optimization"],
        [("objective", ObjectiveChoice.Describe(options)), ("reference", references.Description)]);
}
