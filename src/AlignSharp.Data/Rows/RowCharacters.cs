using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>Lengths of rows in characters (Unicode code points, as Python counts them), before there is a tokenizer.</summary>
public static class RowCharacters
{
    /// <summary>Characters of a text, or of prompt and completion together, of a conversation its contents; 0 for token ids.</summary>
    /// <param name="row">The row.</param>
    public static int Of(SftExample row) => row switch
    {
        SftTextRow text => Count(text.Text),
        SftCompletionRow completion => Count(completion.Prompt) + Count(completion.Completion),
        SftMessagesRow chat => Count(chat.Messages),
        SftChatCompletionRow chat => Count(chat.Prompt) + Count(chat.Completion),
        _ => 0,
    };

    /// <summary>Characters of the prompt and the longer completion together; 0 for token ids.</summary>
    /// <param name="row">The row.</param>
    public static int Of(PreferenceExample row)
    {
        var (prompt, chosen, rejected) = Parts(row);
        return prompt + Math.Max(chosen, rejected);
    }

    /// <summary>Characters of prompt and completions; 0 for token ids.</summary>
    /// <param name="row">The row.</param>
    public static (int Prompt, int Chosen, int Rejected) Parts(PreferenceExample row) => row switch
    {
        PreferenceRow pair => (Count(pair.Prompt), Count(pair.Chosen), Count(pair.Rejected)),
        PreferenceChatRow chat => (Count(chat.Prompt), Count(chat.Chosen), Count(chat.Rejected)),
        _ => default,
    };

    private static int Count(IEnumerable<ChatMessage> messages) => messages.Sum(message => Count(message.Content ?? ""));

    private static int Count(string text)
    {
        var count = text.Length;
        foreach (var unit in text)
            if (char.IsLowSurrogate(unit)) count--;
        return count;
    }
}
