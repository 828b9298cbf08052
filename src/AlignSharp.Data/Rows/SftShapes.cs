using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Readers of the shapes for supervised fine-tuning.</summary>
internal static class SftShapes
{
    public static SftExample FromText(RowFields row) => new SftTextRow(row.RequiredText("text"), row.Source);

    public static SftExample FromMessages(RowFields row) => new SftMessagesRow(row.Messages("messages"), row.Kept("tools"), row.Source);

    public static SftExample FromCompletion(RowFields row) => row.IsList("prompt")
        ? new SftChatCompletionRow(row.Messages("prompt"), row.Messages("completion"), row.Kept("tools"), row.Source)
        : row.Has("text")
        ? throw new DatasetException($"{row.Source}: the row has both 'text' and 'prompt' with 'completion', which score different tokens; keep one of them.")
        : new SftCompletionRow(row.Text("prompt"), row.RequiredText("completion"), row.Source);

    public static SftExample FromIds(RowFields row)
    {
        var sequence = AnyFromIds(row);
        return row.Has("labels") && !sequence.Scored.AsSpan(1).Contains(true)
            ? throw row.Fault("labels", "leaves no token to learn (the first is never predicted); remove the row")
            : sequence;
    }

    /// <summary>A sequence of which no token need be scored.</summary>
    public static SftIdsRow AnyFromIds(RowFields row)
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
