using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Diagnostics;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
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
        var objective = Objectives.Registry.Create(options.LossType, new ObjectiveParameters(options.Beta, options.LabelSmoothing));
        var pass = new PreferencePass(policy.Model, memory.For(train, options.PerDeviceTrainBatchSize, cancellation), objective);
        var evaluator = evaluation is null || !options.Evaluates ? null : new PairEvaluator(new PreferencePass(policy.Model, memory.For(evaluation, options.PerDeviceEvalBatchSize, cancellation), objective), evaluation, options.PerDeviceEvalBatchSize, options.MaxTokensPerBatch ?? int.MaxValue);

        // The rehearsal asks the reference itself, unless the run's memory of it is already full.
        var rehearsed = options.PrecomputeRefLogProbs ? pass : new PreferencePass(policy.Model, references.Source, objective);
        if (references.EqualsPolicyAtStart) StartCheck.Run(rehearsed, train, host.Note);
        return new TrainingRun(options, policy, Card(options, references), new RunLineage("dpo", options, policy, RunDatasets.Training(options).Files, references.Description), host) { ChatTemplate = ChatTemplateChoice.Given(options.ChatTemplatePath, policy.TokenizerFolder) }
            .Run(new PreferenceTask(pass, train), new PreferenceTask(rehearsed, train), evaluator is null ? null : evaluator.Evaluate, cancellation);
    }

    private static ModelCardFacts Card(DpoRunOptions options, References references) => new(
        "Direct Preference Optimization ([arXiv:2305.18290](https://arxiv.org/abs/2305.18290))", "pairs", ["dpo", "preference-optimization"],
        [("objective", $"{options.LossType}, beta {options.Beta.ToString(CultureInfo.InvariantCulture)}"), ("reference", references.Description)]);
}
