using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>Rows of one or several sources: files, folders, wildcards.</summary>
public sealed class Dataset
{
    private readonly DatasetOptions _options;
    private readonly IReadOnlyList<RowSource> _sources;

    private Dataset(DatasetOptions options)
    {
        _options = options;
        _sources = [.. options.Parts.Select(part => new RowSource(part, options))];
    }

    /// <summary>What messages call it.</summary>
    public string Name => string.Join(" + ", _options.Parts);

    /// <summary>Its files, in the order in which they are read.</summary>
    public IReadOnlyList<string> Files => [.. _sources.SelectMany(source => source.Files)];

    /// <summary>Finds the files.</summary>
    /// <param name="options">Which rows.</param>
    /// <exception cref="ConfigurationException">A source has no such file.</exception>
    public static Dataset Open(DatasetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Dataset(options);
    }

    /// <summary>One file, read as it is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigurationException">There is no such file.</exception>
    public static Dataset OfFile(string path) => new(new DatasetOptions { Parts = [new DatasetPart(path)] });

    /// <summary>Whether the first row of the first source is one of preferences.</summary>
    /// <exception cref="DatasetException">It cannot be read.</exception>
    public bool HoldsPreferences()
    {
        foreach (var row in _sources[0].Read(bad: null)) return Registry.Preference(_options.Extraction).Any(shape => shape.Fits(row));
        return false;
    }

    /// <summary>Preferences that can be trained on: two different completions that say something.</summary>
    /// <exception cref="DatasetException">The first row of a source has no known shape, or there is none.</exception>
    public ExampleReader<PreferenceExample> Preferences() => Reader(Registry.Preference(_options.Extraction), PreferenceRules.Require);

    /// <summary>Preferences as they are, empty or equal completions too, for those who look for them.</summary>
    /// <inheritdoc cref="Preferences"/>
    public ExampleReader<PreferenceExample> AnyPreferences() => Reader(Registry.Preference(_options.Extraction), row => row);

    /// <summary>Examples for supervised fine-tuning.</summary>
    /// <inheritdoc cref="Preferences"/>
    public ExampleReader<SftExample> FineTuning() =>
        Reader(_options.TextColumn == "text" ? Registry.Sft : [Registry.SftText(_options.TextColumn)], SftRules.Require);

    /// <summary>Answers with a verdict.</summary>
    /// <inheritdoc cref="Preferences"/>
    public ExampleReader<UnpairedExample> Unpaired() => Reader(Registry.Unpaired, row => row);

    /// <summary>Rows of one of some shapes.</summary>
    internal ExampleReader<T> Reader<T>(IReadOnlyList<RowShape<T>> shapes, Func<T, T> require) where T : class => new(_options, _sources, shapes, require);

    /// <summary>The rows that the filter keeps, one source after the other; each is valid until the next is asked for.</summary>
    /// <param name="maps">Whether they are mapped; else they have the columns of the files.</param>
    /// <param name="bad">Receives rows that cannot be read, where the options pass them over.</param>
    /// <exception cref="DatasetException">A row is bad; thrown when it is reached.</exception>
    public IEnumerable<RowFields> Rows(bool maps, BadRows? bad = null) =>
        _sources.SelectMany(source => source.Read(_options.SkipBadRows ? bad ?? new BadRows() : null, maps)).Take(_options.MaxRows ?? int.MaxValue);

    /// <summary>The same data set, which passes over bad rows.</summary>
    public Dataset SkippingBadRows() => new(_options with { SkipBadRows = true });

    /// <summary>Where a source has another number of rows than the README.md of its folder says: a line for people, for all rows that were read.</summary>
    /// <param name="rows">Rows that were read of all sources.</param>
    public string? CountAgainstCard(long rows)
    {
        if (_options.Parts.Count > 1 || _options.Filter is not null || _options.MaxRows is not null) return null;
        return DatasetFiles.RowsByCard(_options.Parts[0]) is { } expected && expected != rows
            ? $"{Name}: has {rows} rows, but its README.md says {expected}; is a file missing?" : null;
    }
}
