using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Readers of the preference shapes. A preference needs two different completions; nothing can be learnt from other rows.</summary>
internal static class PreferenceShapes
{
    public static PreferenceExample FromText(RowFields row) => Different(AnyFromText(row));

    /// <summary>A preference whose completions may be equal.</summary>
    public static PreferenceRow AnyFromText(RowFields row) => new(row.Text("prompt"), row.RequiredText("chosen"), row.RequiredText("rejected"), row.Source);

    /// <summary>lvwerra/stack-exchange-paired, with the prompt of TRL's stack_llama_2 example.</summary>
    public static PreferenceExample FromStackExchange(RowFields row) => Different(AnyFromStackExchange(row));

    /// <summary>A preference whose completions may be equal.</summary>
    public static PreferenceRow AnyFromStackExchange(RowFields row) =>
        new(StackExchangePrompt.Of(row.RequiredText("question")), row.RequiredText("response_j"), row.RequiredText("response_k"), row.Source);

    public static PreferenceExample FromIds(RowFields row)
    {
        var pair = AnyFromIds(row);
        return pair.ChosenIds.AsSpan().SequenceEqual(pair.RejectedIds) ? throw Identical(row.Source) : pair;
    }

    /// <summary>A preference whose completions may be equal.</summary>
    public static PreferenceIdsRow AnyFromIds(RowFields row) => new(row.Ids("prompt_ids"), row.RequiredIds("chosen_ids"), row.RequiredIds("rejected_ids"), row.Source);

    /// <summary>The row, unless its completions are identical.</summary>
    public static PreferenceRow Different(PreferenceRow row) => row.Chosen == row.Rejected ? throw Identical(row.Source) : row;

    private static DatasetException Identical(RowPosition source) =>
        new($"{source}: the chosen and the rejected completion are identical, so there is no preference to learn; remove the row.");
}
