using System.Text.Json;
using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows.Exports;

/// <summary>Examples as rows with the columns that TRL names, whatever shape they were read in.</summary>
public static class StandardRows
{
    /// <summary>A preference: prompt, chosen, rejected, and scores where there are.</summary>
    /// <param name="example">The preference.</param>
    public static JsonElement Of(PreferenceExample example) => Json.Element(json =>
    {
        switch (example)
        {
            case PreferenceRow row:
                json.WriteString("prompt", row.Prompt);
                json.WriteString("chosen", row.Chosen);
                json.WriteString("rejected", row.Rejected);
                break;
            case PreferenceChatRow row:
                Json.Messages(json, "prompt", row.Prompt);
                Json.Messages(json, "chosen", row.Chosen);
                Json.Messages(json, "rejected", row.Rejected);
                Json.Context(json, row.Context);
                break;
            case PreferenceIdsRow row:
                Json.Ids(json, "prompt_ids", row.PromptIds);
                Json.Ids(json, "chosen_ids", row.ChosenIds);
                Json.Ids(json, "rejected_ids", row.RejectedIds);
                break;
        }
        if (example.ChosenScore is { } chosen) json.WriteNumber("score_chosen", chosen);
        if (example.RejectedScore is { } rejected) json.WriteNumber("score_rejected", rejected);
    });

    /// <summary>A preference as two answers with a verdict, TRL's unpair_preference_dataset: the better one, then the worse one.</summary>
    /// <param name="example">The preference; token ids have no such form.</param>
    /// <exception cref="DatasetException">It is token ids.</exception>
    public static IEnumerable<JsonElement> Unpaired(PreferenceExample example) => example switch
    {
        PreferenceRow row => [Answer(row.Prompt, row.Chosen, true), Answer(row.Prompt, row.Rejected, false)],
        PreferenceChatRow row => [Answer(row.Prompt, row.Chosen, row.Context, true), Answer(row.Prompt, row.Rejected, row.Context, false)],
        _ => throw new DatasetException($"{example.Source}: token ids cannot be written as unpaired answers; convert the texts they were made of."),
    };

    private static JsonElement Answer(string prompt, string completion, bool label) => Json.Element(json =>
    {
        json.WriteString("prompt", prompt);
        json.WriteString("completion", completion);
        json.WriteBoolean("label", label);
    });

    private static JsonElement Answer(IReadOnlyList<ChatMessage> prompt, IReadOnlyList<ChatMessage> completion, ChatContext context, bool label) => Json.Element(json =>
    {
        Json.Messages(json, "prompt", prompt);
        Json.Messages(json, "completion", completion);
        json.WriteBoolean("label", label);
        Json.Context(json, context);
    });
}
