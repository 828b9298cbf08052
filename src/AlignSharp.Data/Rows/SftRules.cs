using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>What an example needs to be trained on.</summary>
internal static class SftRules
{
    /// <summary>The row, if there is something to learn in it.</summary>
    /// <exception cref="DatasetException">There is nothing.</exception>
    public static SftExample Require(SftExample row)
    {
        var wrong = row switch
        {
            SftTextRow text when string.IsNullOrWhiteSpace(text.Text) => "the text is empty or white space only; fill it",
            SftCompletionRow pair when string.IsNullOrWhiteSpace(pair.Completion) => "the completion is empty or white space only; fill it",
            // All true is a row without labels; a single token of those is nothing to predict, which the tokenised row shows.
            SftIdsRow ids when ids.Scored.Contains(false) && !ids.Scored.AsSpan(1).Contains(true) => "field 'labels' leaves no token to learn (the first is never predicted); mend them",
            _ => null,
        };
        return wrong is null ? row : throw new DatasetException($"{row.Source}: {wrong}, remove the row, or give on_bad_row: skip.");
    }
}
