using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Which rows a data set has, and how they are read.</summary>
public sealed record DatasetOptions
{
    /// <summary>The sources, at least one.</summary>
    /// <exception cref="ConfigurationException">None, or some have weights and some have none, or a weight is not above 0.</exception>
    public required IReadOnlyList<DatasetPart> Parts
    {
        get;
        init
        {
            if (value.Count == 0) throw new ConfigurationException("no dataset is named; give dataset_name");
            if (value.Any(part => part.Weight is null) && value.Any(part => part.Weight is not null)) throw new ConfigurationException("datasets: some entries have a weight and some have none; give all a weight to interleave them, or none to put them one after the other");
            if (value.FirstOrDefault(part => part.Weight is { } weight && !(weight > 0 && double.IsFinite(weight))) is { } wrong) throw new ConfigurationException($"datasets: the weight of {wrong} is {wrong.Weight}; expected a number above 0");
            field = value;
        }
    }

    /// <summary>Rows for which it is false are left out; it sees the columns as they are in the files. Null keeps all.</summary>
    public RowFilter? Filter { get; init; }

    /// <summary>Columns that count as absent, for the shape too.</summary>
    public IReadOnlyList<string> RemovedColumns { get; init; } = [];

    /// <summary>How the prompts of rows without one are found.</summary>
    public PromptExtraction Extraction { get; init; } = PromptExtraction.Mended;

    /// <summary>The column of plain text for fine-tuning (<c>dataset_text_field</c>).</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>Most rows, of those that the filter keeps; null for all.</summary>
    public int? MaxRows { get; init; }

    /// <summary>Rows that cannot be used are passed over and counted (<c>on_bad_row: skip</c>) instead of ending everything.</summary>
    public bool SkipBadRows { get; init; }

    /// <summary>Seed of the draws between sources that have weights.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Whether interleaving goes on until every source was read, beginning anew with those that end before (<c>all_exhausted</c>), or ends with the first (<c>first_exhausted</c>, the default of Hugging Face's datasets).</summary>
    public bool ReadsAll { get; init; }
}
