using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Recipes.Configuration;

/// <summary>Reads the keys that say which rows there are and how they are read.</summary>
internal static class DatasetBinding
{
    private static readonly string[] PartKeys = ["path", "name", "data_dir", "data_files", "split", "columns", "weight"];
    private static readonly string[] MessageKeys = ["role", "content"];

    /// <summary>The keys beside the sets' names.</summary>
    public static DataOptions Options(EffectiveConfiguration from) => new()
    {
        DatasetConfig = from.TextOrNull("dataset_config"),
        DataDir = from.TextOrNull("data_dir"),
        Datasets = Parts(from),
        ReadsAll = from.Text("stopping_strategy") == "all_exhausted",
        TestSplitSize = from.NumberOrNull("test_split_size"),
        Filter = Filter(from),
        RemoveColumns = from.TextList("remove_columns"),
        PromptExtraction = from.Text("prompt_extraction") == "trl" ? PromptExtraction.Trl : PromptExtraction.Mended,
        MaxTrainSamples = from.IntegerOrNull("max_train_samples"),
        MaxEvalSamples = from.IntegerOrNull("max_eval_samples"),
        SkipBadRows = from.Text("on_bad_row") == "skip",
        MaxRowTokens = from.IntegerOrNull("max_row_tokens"),
        TokenCache = from.Boolean("token_cache"),
        DataCheck = from.Boolean("data_check"),
    };

    /// <summary>What the training set is called: dataset_name, else the paths of datasets.</summary>
    public static string Name(EffectiveConfiguration from)
    {
        var (name, parts) = (from.TextOrNull("dataset_name"), Parts(from));
        if (name is not null && parts.Count > 0) throw Fault(from, "datasets", "dataset_name names another data set; keep one of them");
        return name ?? (parts.Count > 0 ? string.Join(" + ", parts) : TrainingBinding.Required(from, "dataset_name", "a file or folder of rows"));
    }

    /// <summary>Whether the training set's first row is one of preferences.</summary>
    public static bool HoldsPreferences(EffectiveConfiguration from)
    {
        var (name, data, mapping) = (Name(from), Options(from), Mapping(from));
        DatasetPart[] parts = data.Datasets.Count > 0 ? [data.Datasets[0] with { Mapping = mapping, Weight = null }]
            : [new DatasetPart(name) { Config = data.DatasetConfig, DataDir = data.DataDir, Split = from.Text("dataset_train_split"), Mapping = mapping }];
        return mapping?.MakesPreferences ?? Dataset.Open(new DatasetOptions { Parts = parts, RemovedColumns = data.RemoveColumns, Extraction = data.PromptExtraction }).HoldsPreferences();
    }

    /// <summary>The mapping, or null.</summary>
    public static RowMapping? Mapping(EffectiveConfiguration from)
    {
        const string key = "dataset_mapping";
        var given = from.Value(key);
        if (given.Shape == ValueShape.Null) return null;
        try
        {
            return new RowMapping(given.Entries.ToDictionary(entry => entry.Key, entry => Mapped(from, key, entry.Key, entry.Value), StringComparer.Ordinal));
        }
        catch (ConfigurationException fault) when (!fault.Message.StartsWith(from.Source(key).Position.ToString()!, StringComparison.Ordinal))
        {
            throw Fault(from, key, fault.Message);
        }
    }

    private static MappedField Mapped(EffectiveConfiguration from, string key, string field, ConfigurationValue value)
    {
        if (value.Shape == ValueShape.Map) throw Fault(from, key, $"{field} is a mapping; expected a text with columns in braces, or a list of {{role: user, content: '...'}}");
        if (value.Shape != ValueShape.List) return MappedField.Text(value.Text);
        return MappedField.Messages([.. value.Items.Select(item =>
        {
            var wrong = item.Shape != ValueShape.Map || !MessageKeys.All(item.Entries.ContainsKey) || item.Entries.Count != MessageKeys.Length;
            return wrong ? throw Fault(from, key, $"{field} has the message {item.Text}; expected {{role: user, content: '...'}}") : (item.Entries["role"].Text, item.Entries["content"].Text);
        })]);
    }

    private static RowFilter? Filter(EffectiveConfiguration from)
    {
        if (from.TextOrNull("dataset_filter") is not { } text) return null;
        try
        {
            return RowFilter.Parse(text);
        }
        catch (ConfigurationException fault)
        {
            throw Fault(from, "dataset_filter", fault.Message);
        }
    }

    private static IReadOnlyList<DatasetPart> Parts(EffectiveConfiguration from)
    {
        var given = from.Value("datasets");
        if (given.Shape is not (ValueShape.List or ValueShape.Null)) throw Fault(from, "datasets", $"{given.Text} is no list; expected a list of {{path: ..., split: ...}}");
        return [.. given.Items.Select(item => Part(from, item))];
    }

    private static DatasetPart Part(EffectiveConfiguration from, ConfigurationValue entry)
    {
        if (entry.Shape != ValueShape.Map || Text(entry, "path") is not { } path) throw Fault(from, "datasets", $"the entry {entry.Text} has no path; expected {{path: ..., split: ...}}");
        if (entry.Entries.Keys.FirstOrDefault(key => !PartKeys.Contains(key)) is { } stray) throw Fault(from, "datasets", $"{stray} is no key of an entry; expected {string.Join(", ", PartKeys)}");
        if (entry.Entries.TryGetValue("weight", out var weight) && weight.AsNumber() is null) throw Fault(from, "datasets", $"the weight {weight.Text} is no number");
        if (entry.Entries.TryGetValue("columns", out var columns) && columns.Shape is not (ValueShape.List or ValueShape.Null)) throw Fault(from, "datasets", $"the columns {columns.Text} are no list");
        if (entry.Entries.TryGetValue("data_files", out var files) && files.Shape is ValueShape.List or ValueShape.Map) throw Fault(from, "datasets", "data_files is a list; give an entry for each, or wildcards");
        return new DatasetPart(Text(entry, "data_files") is { } inside ? Path.Combine(path, inside) : path)
        {
            Config = Text(entry, "name"),
            DataDir = Text(entry, "data_dir"),
            Split = Text(entry, "split") ?? "train",
            Columns = columns?.Shape == ValueShape.List ? [.. columns.Items.Select(column => column.Text)] : null,
            Weight = weight?.AsNumber(),
        };
    }

    private static string? Text(ConfigurationValue entry, string key) =>
        entry.Entries.TryGetValue(key, out var value) && value.Shape is not (ValueShape.Null or ValueShape.List or ValueShape.Map) ? value.Text : null;

    private static ConfigurationException Fault(EffectiveConfiguration from, string key, string what) => new($"{from.Source(key).Position}: {key}: {what}");
}
