using System.Diagnostics.CodeAnalysis;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Recipes.Configuration;
using AlignSharp.Training;

namespace AlignSharp.Recipes;

/// <summary>Everything that <c>align sft</c> honours, one property a key, with TRL 1.9's defaults.</summary>
public sealed record SftRunOptions : TrainingRunOptions
{
    /// <summary>Options with the defaults.</summary>
    public SftRunOptions()
        : base(learningRate: 2e-5)
    {
    }

    [SetsRequiredMembers]
    private SftRunOptions(EffectiveConfiguration from)
        : base(from)
    {
        DatasetTextField = from.Text("dataset_text_field");
        ShuffleDataset = from.Boolean("shuffle_dataset");
        DatasetStreaming = from.Boolean("dataset_streaming");
        ShuffleBuffer = from.Integer("shuffle_buffer");
        if (DatasetStreaming && TrainSamplingStrategy == SamplingStrategy.Random && !from.IsGiven("train_sampling_strategy")) TrainSamplingStrategy = SamplingStrategy.Sequential;
        Packing = from.Boolean("packing") ? StrategyOf(from) : PackingStrategy.None;
        EvalPacking = from.Value("eval_packing").AsBoolean() is not { } packs ? null : packs ? StrategyOf(from) : PackingStrategy.None;
        SizeValidSet = from.Integer("size_valid_set");
        ChatTemplatePath = from.TextOrNull("chat_template_path");
        AssistantOnlyLoss = from.Boolean("assistant_only_loss");
        CompletionOnlyLoss = from.Value("completion_only_loss").AsBoolean();
        LossType = from.Text("loss_type");
        SftTokenCount = from.Text("sft_token_count") switch
        {
            "unshifted" => TokenCount.Unshifted,
            "mean_of_means" => TokenCount.MeanOfMeans,
            _ => TokenCount.Shifted,
        };
        NeftuneNoiseAlpha = from.NumberOrNull("neftune_noise_alpha") ?? 0;
    }

    /// <summary>Key dataset_text_field: column of the text; default text (TRL 1.9).</summary>
    public string DatasetTextField { get; init; } = "text";

    /// <summary>Key shuffle_dataset: shuffle the rows once, before they are packed, in the order of datasets.Dataset.shuffle(seed); default false (TRL 1.9).</summary>
    public bool ShuffleDataset { get; init; }

    /// <summary>
    /// Key dataset_streaming: read only the rows that the run needs and train them in the stream's order; default false (TRL 1.9). Needs max_steps and sequential sampling, which <see cref="From"/>
    /// then chooses unless the key is given.
    /// </summary>
    public bool DatasetStreaming { get; init; }

    /// <summary>Key shuffle_buffer (AlignSharp, after TRL's stack_llama_2 script): rows of the buffer that a stream is shuffled in; default 5000.</summary>
    public int ShuffleBuffer { get; init; } = 5000;

    /// <summary>Keys packing and packing_strategy: default none (TRL 1.9: packing false; its strategy bfd).</summary>
    public PackingStrategy Packing { get; init; } = PackingStrategy.None;

    /// <summary>Key eval_packing: default null, which means <see cref="Packing"/> (TRL 1.9).</summary>
    public PackingStrategy? EvalPacking { get; init; }

    /// <summary>Key size_valid_set (AlignSharp, after TRL's stack_llama_2 script): first training rows that are evaluated on instead; default 0.</summary>
    public int SizeValidSet { get; init; }

    /// <summary>Key chat_template_path: a Jinja file or a tokenizer folder; default null, the model's own template (TRL 1.9).</summary>
    public string? ChatTemplatePath { get; init; }

    /// <summary>Key assistant_only_loss: default false (TRL 1.9).</summary>
    public bool AssistantOnlyLoss { get; init; }

    /// <summary>Key completion_only_loss: default null (TRL 1.9), true for rows of prompt and completion and false for others.</summary>
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>Key loss_type: default chunked_nll (TRL 1.9).</summary>
    public string LossType { get; init; } = "chunked_nll";

    /// <summary>Key sft_token_count (AlignSharp): default shifted.</summary>
    public TokenCount SftTokenCount { get; init; } = TokenCount.Shifted;

    /// <summary>Key neftune_noise_alpha: default 0, no noise (transformers).</summary>
    public double NeftuneNoiseAlpha { get; init; }

    /// <summary>Binds a configuration of <see cref="KeyTable.Sft"/> and validates the result.</summary>
    /// <param name="configuration">The merged configuration.</param>
    /// <exception cref="ConfigurationException">A required key is missing, or keys contradict each other.</exception>
    public static SftRunOptions From(EffectiveConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new SftRunOptions(configuration);
        options.Validate();
        return options;
    }

    /// <inheritdoc/>
    public override void Validate() => SftContradictions.Check(this);

    /// <summary>Rows that a streamed run trains on.</summary>
    internal UInt128 StreamedRows => (UInt128)Math.Max(0, MaxSteps) * (UInt128)PerDeviceTrainBatchSize * (UInt128)GradientAccumulationSteps;

    private static PackingStrategy StrategyOf(EffectiveConfiguration from) => from.Text("packing_strategy") switch
    {
        "bfd_split" => PackingStrategy.BestFitSplit,
        "wrapped" => PackingStrategy.Wrapped,
        _ => PackingStrategy.BestFit,
    };
}
