using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>What a preference needs to be trained on: two completions that say something, and not the same. Nothing can be learnt from other rows.</summary>
internal static class PreferenceRules
{
    /// <summary>The row, if it can be trained on.</summary>
    /// <exception cref="DatasetException">It cannot.</exception>
    public static PreferenceExample Require(PreferenceExample row)
    {
        var areSame = row switch
        {
            PreferenceRow text => Filled(text.Chosen, "chosen", row.Source) == Filled(text.Rejected, "rejected", row.Source),
            PreferenceChatRow chat => AreSame(Filled(chat.Chosen, "chosen", row.Source), Filled(chat.Rejected, "rejected", row.Source)),
            PreferenceIdsRow ids => ids.ChosenIds.AsSpan().SequenceEqual(ids.RejectedIds),
            _ => false,
        };
        return areSame ? throw new DatasetException($"{row.Source}: the chosen and the rejected completion are identical, so there is no preference to learn; remove the row, or give on_bad_row: skip.") : row;
    }

    private static string Filled(string text, string which, RowPosition source) => string.IsNullOrWhiteSpace(text)
        ? throw new DatasetException($"{source}: the {which} completion is empty or white space only; fill it, remove the row, or give on_bad_row: skip.")
        : text;

    private static IReadOnlyList<ChatMessage> Filled(IReadOnlyList<ChatMessage> messages, string which, RowPosition source)
    {
        // A message without text may call a tool.
        if (messages.All(message => message.Content is { } text && string.IsNullOrWhiteSpace(text) && !message.Has("tool_calls"))) Filled("", which, source);
        return messages;
    }

    private static bool AreSame(IReadOnlyList<ChatMessage> one, IReadOnlyList<ChatMessage> other) =>
        one.Count == other.Count && one.Zip(other).All(pair => pair.First.IsSameAs(pair.Second));
}
