using System.Globalization;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using AlignSharp.Data.Pairs;
using AlignSharp.Diagnostics;
using AlignSharp.Evaluation;
using AlignSharp.Runtime;
using AlignSharp.Training;
using static TorchSharp.torch;

namespace AlignSharp.Recipes;

/// <summary>Supervised fine-tuning of a model or an adapter, from folders and files to a folder: <c>align sft</c>.</summary>
public static class SftRecipe
{
    /// <summary>Runs it. Everything that can be checked is checked before the first step.</summary>
    /// <param name="options">The run.</param>
    /// <param name="host">Shows the run and takes notes.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint.</param>
    /// <exception cref="AlignSharpException">A fault of configuration, files or data, or divergence.</exception>
    public static TrainingResult Run(SftRunOptions options, RunHost host, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(host);
        options.Validate();
        OutputFolder.Prepare(options.OutputDir);
        if (RunOutput.HoldsResult(options.OutputDir)) host.Note($"{options.OutputDir}: holds the result of an earlier run, which this run replaces");
        ComputeThreads.Configure(options.Threads);
        random.manual_seed(options.Seed);

        using var policy = PolicyPreparation.Load(options, withDropout: true, host);
        var data = new SequenceData(options, policy.Source, host);
        var (train, evaluation) = data.LoadTraining(cancellation);
        if (options.Evaluates) evaluation ??= data.LoadEvaluation(cancellation);

        ActivationPlan.Apply(options, policy, [.. train.Select(RowSize.Of)], host.Note);
        policy.Model.EmbeddingNoise = options.NeftuneNoiseAlpha;
        var objective = Objectives.Registry.CreateSupervised(options.LossType);
        var task = new SupervisedTask(policy.Model, train, objective, options.SftTokenCount);
        var evaluator = evaluation is null || !options.Evaluates ? null : new SequenceEvaluator(policy.Model, evaluation, objective, options.PerDeviceEvalBatchSize, options.MaxTokensPerBatch ?? int.MaxValue);
        return new TrainingRun(options, policy, Card(options), new RunLineage("sft", options, policy, RunDatasets.Training(options).Files, reference: null), host) { ChatTemplate = ChatTemplateChoice.Given(options.ChatTemplatePath, policy.TokenizerFolder) }.Run(task, task, evaluator is null ? null : evaluator.Evaluate, cancellation);
    }

    private static ModelCardFacts Card(SftRunOptions options) => new("supervised fine-tuning", "sequences", ["sft", "supervised-fine-tuning"],
    [
        ("loss", options.LossType),
        ("packing", options.Packing == PackingStrategy.None ? "none" : string.Create(CultureInfo.InvariantCulture, $"{options.Packing}, rows of {options.MaxLength} tokens")),
    ]);
}
