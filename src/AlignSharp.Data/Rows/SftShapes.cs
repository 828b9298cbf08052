using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>
/// The shapes for supervised fine-tuning. They read whatever has the right kinds of fields: what can be trained on is decided by
/// <see cref="SftRules"/>.
/// </summary>
internal static class SftShapes
{
    /// <summary>All shapes, in the order in which they are tried.</summary>
    public static IReadOnlyList<RowShape<SftExample>> All { get; } =
    [
        new("pre-tokenised", ["input_ids"], FromIds),
        new("conversational prompt and completion", ["prompt", "completion"], FromChatCompletion) { Holds = row => row.IsList("prompt") },
        new("prompt and completion", ["prompt", "completion"], FromCompletion),
        new("conversation", ["messages"], row => new SftMessagesRow(row.Messages("messages"), row.Context(), row.Source)),
        new("ShareGPT", ["conversations"], row => new SftMessagesRow([.. ConversationFields.System(row), .. row.Messages("conversations")], row.Context(), row.Source))
        {
            Meaning = "messages = system and conversations",
        },
        new("Alpaca", ["instruction", "output"], FromAlpaca) { Meaning = "prompt = system, history, then instruction and input as the user's message; completion = output as the assistant's" },
        Text("text"),
    ];

    /// <summary>Plain text in a column.</summary>
    public static RowShape<SftExample> Text(string column) => new("text", [column], row => new SftTextRow(row.Text(column), row.Source));

    private static SftChatCompletionRow FromChatCompletion(RowFields row) => new(row.Messages("prompt"), row.Answer("completion"), row.Context(), row.Source);

    private static SftCompletionRow FromCompletion(RowFields row) => row.Has("text")
        ? throw new DatasetException($"{row.Source}: the row has both 'text' and 'prompt' with 'completion', which score different tokens; keep one of them.")
        : new SftCompletionRow(row.Text("prompt"), row.Text("completion"), row.Source);

    private static SftChatCompletionRow FromAlpaca(RowFields row) => new(ConversationFields.AlpacaPrompt(row), row.Answer("output"), row.Context(), row.Source);

    private static SftIdsRow FromIds(RowFields row)
    {
        var ids = row.RequiredIds("input_ids");
        var scored = new bool[ids.Length];
        if (row.Has("labels")) ReadLabels(row, ids, scored);
        else Array.Fill(scored, true);
        return new SftIdsRow(ids, scored, row.Source);
    }

    private static void ReadLabels(RowFields row, int[] ids, bool[] scored)
    {
        var labels = row.Labels("labels");
        if (labels.Length != ids.Length) throw row.Fault("labels", $"has {labels.Length} values, but 'input_ids' has {ids.Length}");
        for (var i = 0; i < ids.Length; i++)
        {
            scored[i] = labels[i] != RowFields.IgnoredLabel;
            if (scored[i] && labels[i] != ids[i]) throw row.Fault("labels", $"has {labels[i]} at index {i}, expected -100 or the id of the same place in 'input_ids' ({ids[i]})");
        }
    }
}
