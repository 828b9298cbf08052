using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;
using AlignSharp.Recipes.Configuration;

namespace AlignSharp.Recipes.Datasets;

/// <summary>The rows of a run, and how they become token ids, as its keys say, without its model: what the commands about data look at.</summary>
public sealed class DatasetRun
{
    private readonly EffectiveConfiguration _from;
    private readonly DataOptions _data;

    private DatasetRun(EffectiveConfiguration from)
    {
        _from = from;
        _data = DatasetBinding.Options(from);
        TokenizerFolder = FolderOfTokenizer(from);
        MaxLength = from.IntegerOrNull("max_length");
        Lengths = new PairTokenizerOptions { MaxLength = MaxLength, MaxPromptLength = from.IntegerOrNull("max_prompt_length"), Truncation = DpoRunOptions.TruncationOf(from) };
        if (Lengths.Truncation != PairTruncation.KeepStart && (MaxLength is null || Lengths.MaxPromptLength is null || Lengths.MaxPromptLength >= MaxLength))
            throw new ConfigurationException($"truncation_mode: {from.Text("truncation_mode")} needs max_length and a max_prompt_length below it");
    }

    /// <summary>The keys that count here, of all that a run may have.</summary>
    public static KeyTable Keys => Planning.PlannedRun.Keys;

    /// <summary>Folder with the tokenizer, or null where no model is named.</summary>
    public string? TokenizerFolder { get; }

    /// <summary>Most tokens of a sequence, or null.</summary>
    public int? MaxLength { get; }

    private bool AssistantOnlyLoss => _from.Boolean("assistant_only_loss");

    /// <summary>Seed of draws.</summary>
    public int Seed => _from.Integer("seed");

    private PairTokenizerOptions Lengths { get; }

    /// <summary>The training set's own name.</summary>
    public string Name => DatasetBinding.Name(_from);

    /// <summary>Reads the keys.</summary>
    /// <param name="path">The data set, or null where the keys name it; it wins over dataset_name.</param>
    /// <param name="tokenizer">Folder with a tokenizer, or null where model_name_or_path names it; it wins.</param>
    /// <param name="file">Settings of the file.</param>
    /// <param name="options">Settings of the command line; they win.</param>
    /// <exception cref="ConfigurationException">A setting cannot be used.</exception>
    public static DatasetRun From(string? path, string? tokenizer, IReadOnlyList<Setting> file, IReadOnlyList<Setting> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<Setting> given = [.. options];
        if (path is not null) given.Add(ConfigurationSource.FromOption(Keys, "FILE", "dataset_name", [path]));
        if (tokenizer is not null) given.Add(ConfigurationSource.FromOption(Keys, "--tokenizer", "model_name_or_path", [tokenizer]));
        return new DatasetRun(EffectiveConfiguration.Create(Keys, file, given));
    }

    /// <summary>Opens the training set.</summary>
    /// <exception cref="ConfigurationException">It has no such file.</exception>
    public Dataset Training() => Open(_data.Parts(Name, Mapping, _data.Datasets.Count > 0 ? null : _from.Text("dataset_train_split")), _data.MaxTrainSamples);

    /// <summary>Opens the evaluation set: eval_dataset_name, else the test split of the training set; null where there is none.</summary>
    /// <exception cref="ConfigurationException">It was asked for and has no such file.</exception>
    public Dataset? Evaluation()
    {
        var split = _from.Text("dataset_test_split");
        if (_from.TextOrNull("eval_dataset_name") is { } name) return Open([new DatasetPart(name) { Split = split, TakesOnlySplit = !_from.IsGiven("dataset_test_split"), Mapping = Mapping }], _data.MaxEvalSamples);
        var parts = _data.Parts(Name, Mapping, split);
        return _from.IsGiven("dataset_test_split") || parts.All(DatasetFiles.Has) ? Open(parts, _data.MaxEvalSamples) : null;
    }

    private ITokenizer? Tokenizer() => TokenizerFolder is { } folder ? Data.Tokenizers.TokenizerFolder.Load(folder) : null;

    private ChatTemplate? Template() => TokenizerFolder is { } folder ? ChatTemplateChoice.Load(_from.TextOrNull("chat_template_path"), folder) : null;

    /// <summary>What makes pairs of preference rows as the run will; null where they are text and no tokenizer is named.</summary>
    /// <param name="reader">The rows.</param>
    /// <param name="tokenizer">The tokenizer, or null where no model is named.</param>
    /// <exception cref="AlignSharpException">Tokenizer or template cannot be loaded.</exception>
    internal PairTokenizer? Pairs(ExampleReader<PreferenceExample> reader, out ITokenizer? tokenizer)
    {
        tokenizer = Tokenizer();
        if (tokenizer is null && !reader.Samples.All(row => row is PreferenceIdsRow)) return null;
        return new PairTokenizer(tokenizer, Lengths, reader.Samples.Any(row => row is PreferenceChatRow) ? Template() : null);
    }

    /// <summary>What makes sequences of rows for fine-tuning as the run will; null where they are text and no tokenizer is named.</summary>
    /// <inheritdoc cref="Pairs"/>
    internal SequenceTokenizer? Sequences(ExampleReader<SftExample> reader, out ITokenizer? tokenizer)
    {
        tokenizer = Tokenizer();
        if (tokenizer is null && !reader.Samples.All(row => row is SftIdsRow)) return null;
        return new SequenceTokenizer(tokenizer, endTexts: true, reader.Samples.Any(row => row is SftMessagesRow or SftChatCompletionRow) ? Template() : null, AssistantOnlyLoss);
    }

    private RowMapping? Mapping => DatasetBinding.Mapping(_from);

    private Dataset Open(IReadOnlyList<DatasetPart> parts, int? maxRows) => Dataset.Open(_data.Reading(parts, _from.Text("dataset_text_field"), maxRows, _from.Integer("seed")));

    private static string? FolderOfTokenizer(EffectiveConfiguration from)
    {
        if (from.TextOrNull("model_name_or_path") is not { } path) return null;
        return Data.Tokenizers.TokenizerFolder.Exists(path) ? path : ModelSource.Read(path, from.TextOrNull("adapter_name_or_path")).TokenizerFolder;
    }
}
