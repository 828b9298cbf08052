namespace AlignSharp.Data.Rows;

/// <summary>
/// The shapes of data files that are known. The first row of a file decides: the first shape that it fits is taken for the whole file,
/// so what is more particular stands first. To add one: a line in the list, a reader beside it, a fixture and its test.
/// </summary>
public static class Registry
{
    /// <summary>Shapes of preference files.</summary>
    /// <param name="extraction">How the prompts of rows without one are found.</param>
    public static IReadOnlyList<RowShape<PreferenceExample>> Preference(PromptExtraction extraction = PromptExtraction.Mended) => PreferenceShapes.All(extraction);

    /// <summary>Shapes of files for supervised fine-tuning.</summary>
    public static IReadOnlyList<RowShape<SftExample>> Sft => SftShapes.All;

    /// <summary>The shape of plain text in a column of any name.</summary>
    /// <param name="column">The column.</param>
    public static RowShape<SftExample> SftText(string column) => SftShapes.Text(column);

    /// <summary>Shapes of unpaired preferences: an answer a row, with a label.</summary>
    public static IReadOnlyList<RowShape<UnpairedExample>> Unpaired { get; } =
    [
        new("conversational unpaired preference", ["prompt", "completion", "label"], row =>
            new UnpairedChatRow(row.Messages("prompt"), row.Answer("completion"), row.Label("label"), row.Context(), row.Source)) { Holds = row => row.IsList("prompt") },
        new("unpaired preference", ["prompt", "completion", "label"], row => new UnpairedRow(row.Text("prompt"), row.Text("completion"), row.Label("label"), row.Source)),
    ];

    /// <summary>Shapes of files whose rows are scored: those of preferences and of fine-tuning; what is pre-tokenised first.</summary>
    public static IReadOnlyList<RowShape<ScoreExample>> Score { get; } =
    [
        .. Sft.Take(1).Select(Scored), .. Preference().Select(Scored), .. Sft.Skip(1).Select(Scored),
    ];

    /// <summary>Shapes of files with prompts to complete.</summary>
    public static IReadOnlyList<RowShape<TextExample>> Prompt { get; } =
    [
        new("pre-tokenised prompt", ["prompt_ids"], row => new IdsRow(row.Ids("prompt_ids"), row.Source)),
        new("prompt", ["prompt"], row => new TextRow(row.Text("prompt"), row.Source)),
    ];

    private static RowShape<ScoreExample> Scored(RowShape<PreferenceExample> shape) =>
        new(shape.Name, shape.Fields, row => new PairToScore(shape.Read(row))) { Holds = shape.Holds, Meaning = shape.Meaning };

    private static RowShape<ScoreExample> Scored(RowShape<SftExample> shape) =>
        new(shape.Name, shape.Fields, row => new SequenceToScore(shape.Read(row))) { Holds = shape.Holds, Meaning = shape.Meaning };
}
