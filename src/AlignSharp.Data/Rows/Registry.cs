namespace AlignSharp.Data.Rows;

/// <summary>
/// The shapes of data files that are known. The first row of a file decides: the first shape whose fields it has is taken for the
/// whole file, so pre-tokenised shapes stand first. To add one: a line here, a reader beside it, a fixture and its test.
/// </summary>
public static class Registry
{
    /// <summary>Shapes of preference files.</summary>
    public static IReadOnlyList<RowShape<PreferenceExample>> Preference { get; } =
    [
        new("pre-tokenised preference", ["prompt_ids", "chosen_ids", "rejected_ids"], PreferenceShapes.FromIds),
        new("preference", ["prompt", "chosen", "rejected"], PreferenceShapes.FromText),
        new("stack-exchange-paired", ["question", "response_j", "response_k"], PreferenceShapes.FromStackExchange),
    ];

    /// <summary>Shapes of files for supervised fine-tuning and scoring.</summary>
    public static IReadOnlyList<RowShape<SftExample>> Sft { get; } =
    [
        new("pre-tokenised", ["input_ids"], SftShapes.FromIds),
        new("prompt and completion", ["prompt", "completion"], SftShapes.FromCompletion),
        new("conversation", ["messages"], SftShapes.FromMessages),
        new("text", ["text"], SftShapes.FromText),
    ];

    /// <summary>The shape of plain text in a column of any name.</summary>
    /// <param name="column">The column.</param>
    public static RowShape<SftExample> SftText(string column) => new("text", [column], row => new SftTextRow(row.RequiredText(column), row.Source));

    /// <summary>Shapes of files whose rows are scored: those of preferences and of fine-tuning.</summary>
    public static IReadOnlyList<RowShape<ScoreExample>> Score { get; } =
    [
        new("pre-tokenised preference", ["prompt_ids", "chosen_ids", "rejected_ids"], row => new PairToScore(PreferenceShapes.AnyFromIds(row))),
        new("pre-tokenised", ["input_ids"], row => new SequenceToScore(SftShapes.AnyFromIds(row))),
        new("preference", ["prompt", "chosen", "rejected"], row => new PairToScore(PreferenceShapes.AnyFromText(row))),
        new("stack-exchange-paired", ["question", "response_j", "response_k"], row => new PairToScore(PreferenceShapes.AnyFromStackExchange(row))),
        new("prompt and completion", ["prompt", "completion"], row => new SequenceToScore(SftShapes.FromCompletion(row))),
        new("text", ["text"], row => new SequenceToScore(SftShapes.FromText(row))),
    ];

    /// <summary>Shapes of files with prompts to complete.</summary>
    public static IReadOnlyList<RowShape<TextExample>> Prompt { get; } =
    [
        new("pre-tokenised prompt", ["prompt_ids"], row => new IdsRow(row.Ids("prompt_ids"), row.Source)),
        new("prompt", ["prompt"], row => new TextRow(row.Text("prompt"), row.Source)),
    ];
}
