using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Recipes;

/// <summary>Which rows a run trains and evaluates on, beside their names, and how they are read: one property a key.</summary>
public sealed record DataOptions
{
    /// <summary>Key dataset_config: configuration of a folder whose README.md names several; default null, its default one (TRL 1.9).</summary>
    public string? DatasetConfig { get; init; }

    /// <summary>Key data_dir (AlignSharp, as load_dataset has it): the folder inside of dataset_name that alone counts; default null.</summary>
    public string? DataDir { get; init; }

    /// <summary>Key datasets: several sources instead of dataset_name; default none (TRL 1.9). Where each has a weight they are interleaved. The run's mapping counts for all.</summary>
    public IReadOnlyList<DatasetPart> Datasets { get; init; } = [];

    /// <summary>Key stopping_strategy (AlignSharp, as interleave_datasets has it): whether interleaving goes on until every source was read; default false, first_exhausted.</summary>
    public bool ReadsAll { get; init; }

    /// <summary>Key test_split_size: rows of the training set that are evaluated on instead, a fraction or a number; default null (TRL 1.9).</summary>
    public double? TestSplitSize { get; init; }

    /// <summary>Key dataset_filter (AlignSharp): keeps the rows for which an expression over their columns is true; default null.</summary>
    public RowFilter? Filter { get; init; }

    /// <summary>Key remove_columns (AlignSharp, as Dataset.remove_columns): columns that count as absent; default none.</summary>
    public IReadOnlyList<string> RemoveColumns { get; init; } = [];

    /// <summary>Key prompt_extraction (AlignSharp): how the prompt is found that chosen and rejected begin with; default mended.</summary>
    public PromptExtraction PromptExtraction { get; init; } = PromptExtraction.Mended;

    /// <summary>Key max_train_samples (AlignSharp, as in transformers' examples): most training rows, of those that the filter keeps; default null.</summary>
    public int? MaxTrainSamples { get; init; }

    /// <summary>Key max_eval_samples (AlignSharp, as in transformers' examples): most evaluation rows; default null.</summary>
    public int? MaxEvalSamples { get; init; }

    /// <summary>Key on_bad_row (AlignSharp): whether rows that cannot be used are passed over and counted; default false, stop.</summary>
    public bool SkipBadRows { get; init; }

    /// <summary>Key max_row_tokens (AlignSharp): leave out rows with more tokens, of a pair with either answer; default null.</summary>
    public int? MaxRowTokens { get; init; }

    /// <summary>Key token_cache (AlignSharp): keep token ids in the user's cache and read them there; default true.</summary>
    public bool TokenCache { get; init; } = true;

    /// <summary>Key data_check (AlignSharp): look through the first rows for what ruins a run, before it starts; default true.</summary>
    public bool DataCheck { get; init; } = true;

    /// <summary>The sources of the training set, or of another split of it.</summary>
    /// <param name="name">dataset_name, which counts where there are no <see cref="Datasets"/>.</param>
    /// <param name="mapping">The run's mapping.</param>
    /// <param name="split">The split; null leaves each of <see cref="Datasets"/> its own.</param>
    internal IReadOnlyList<DatasetPart> Parts(string name, RowMapping? mapping, string? split) => Datasets.Count > 0
        ? [.. Datasets.Select(part => part with { Mapping = mapping, Split = split ?? part.Split })]
        : [new DatasetPart(name) { Config = DatasetConfig, DataDir = DataDir, Split = split ?? "train", Mapping = mapping }];

    /// <summary>How sources are read.</summary>
    /// <param name="parts">The sources.</param>
    /// <param name="textColumn">Column of plain text.</param>
    /// <param name="maxRows">Most rows, or null.</param>
    /// <param name="seed">The run's seed.</param>
    internal DatasetOptions Reading(IReadOnlyList<DatasetPart> parts, string textColumn, int? maxRows, int seed) => new()
    {
        Parts = parts,
        Filter = Filter,
        RemovedColumns = RemoveColumns,
        Extraction = PromptExtraction,
        TextColumn = textColumn,
        MaxRows = maxRows,
        SkipBadRows = SkipBadRows,
        Seed = (ulong)seed,
        ReadsAll = ReadsAll,
    };
}
