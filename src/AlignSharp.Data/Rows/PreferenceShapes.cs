using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Readers of the preference shapes. A preference needs two different completions; nothing can be learnt from other rows.</summary>
internal static class PreferenceShapes
{
    public static PreferenceExample FromText(RowFields row) => Checked(row.Text("prompt"), row.RequiredText("chosen"), row.RequiredText("rejected"), row.Source);

    /// <summary>lvwerra/stack-exchange-paired, with the prompt of TRL's stack_llama_2 example.</summary>
    public static PreferenceExample FromStackExchange(RowFields row) =>
        Checked(StackExchangePrompt.Of(row.RequiredText("question")), row.RequiredText("response_j"), row.RequiredText("response_k"), row.Source);

    public static PreferenceExample FromIds(RowFields row)
    {
        var (prompt, chosen, rejected) = (row.Ids("prompt_ids"), row.RequiredIds("chosen_ids"), row.RequiredIds("rejected_ids"));
        return chosen.AsSpan().SequenceEqual(rejected) ? throw Identical(row.Source) : new PreferenceIdsRow(prompt, chosen, rejected, row.Source);
    }

    private static PreferenceRow Checked(string prompt, string chosen, string rejected, RowPosition source) =>
        chosen == rejected ? throw Identical(source) : new PreferenceRow(prompt, chosen, rejected, source);

    private static DatasetException Identical(RowPosition source) =>
        new($"{source}: the chosen and the rejected completion are identical, so there is no preference to learn; remove the row.");
}
