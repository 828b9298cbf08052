using AlignSharp.Data.Chat;

namespace AlignSharp.Data.Rows;

/// <summary>
/// The preference shapes. They read whatever has the right kinds of fields: what can be trained on is decided by
/// <see cref="PreferenceRules"/>, so that equal completions, say, can be scored and found by a check.
/// </summary>
internal static class PreferenceShapes
{
    /// <summary>All shapes, in the order in which they are tried.</summary>
    /// <param name="extraction">How the prompts of rows without one are found.</param>
    public static IReadOnlyList<RowShape<PreferenceExample>> All(PromptExtraction extraction) =>
        [.. Shapes(extraction).Select(shape => shape with { Read = row => WithScores(shape.Read(row), row) })];

    // How published sets call the scores of their two completions.
    private static readonly (string Chosen, string Rejected)[] ScoreColumns =
    [
        ("score_chosen", "score_rejected"), ("chosen_score", "rejected_score"), ("chosen_rating", "rejected_rating"), ("chosen-rating", "rejected-rating"), ("pm_score_j", "pm_score_k"),
    ];

    private static PreferenceExample WithScores(PreferenceExample example, RowFields row)
    {
        foreach (var (chosen, rejected) in ScoreColumns)
            if (row.Has(chosen) && row.Has(rejected)) return example with { ChosenScore = row.Number(chosen), RejectedScore = row.Number(rejected) };
        return example;
    }

    private static RowShape<PreferenceExample>[] Shapes(PromptExtraction extraction) =>
    [
        new("pre-tokenised preference", ["prompt_ids", "chosen_ids", "rejected_ids"], FromIds),
        new("UltraFeedback", ["prompt", "chosen", "rejected"], FromUltraFeedback)
        {
            Holds = row => row.IsText("prompt") && row.IsList("chosen"),
            Meaning = "prompt = the messages that chosen and rejected begin with, else the text of prompt as the user's",
        },
        new("conversational preference", ["prompt", "chosen", "rejected"], FromMessages) { Holds = row => row.IsList("prompt") },
        new("Alpaca preference", ["instruction", "chosen", "rejected"], FromAlpaca)
        {
            Holds = row => row.IsText("chosen"),
            Meaning = "prompt = system, history, then instruction and input as the user's message; chosen, rejected = the assistant's answer",
        },
        new("preference", ["prompt", "chosen", "rejected"], FromText),
        new("ShareGPT preference", ["conversations", "chosen", "rejected"], FromShareGpt) { Meaning = "prompt = system and conversations; chosen, rejected = the messages that answer" },
        new("stack-exchange-paired", ["question", "response_j", "response_k"], FromStackExchange)
        {
            Meaning = "prompt = \"Question: {question}\\n\\nAnswer: \", chosen = response_j, rejected = response_k",
        },
        new("conversational preference with implicit prompt", ["chosen", "rejected"], FromMessagesWithoutPrompt)
        {
            Holds = row => row.IsList("chosen"),
            Meaning = "prompt = the messages that chosen and rejected begin with",
        },
        new("hh-rlhf", ["chosen", "rejected"], row => FromTextWithoutPrompt(row, extraction))
        {
            Holds = row => extraction == PromptExtraction.Mended && row.IsText("chosen") && ImplicitPrompt.IsDialogue(row.Text("chosen")),
            Meaning = "prompt = up to the last \"\\n\\nAssistant:\" that chosen and rejected share",
        },
        new("preference with implicit prompt", ["chosen", "rejected"], row => FromTextWithoutPrompt(row, extraction))
        {
            Meaning = extraction == PromptExtraction.Trl ? "prompt = the characters that chosen and rejected begin with, as TRL cuts it" : "prompt = the words that chosen and rejected begin with",
        },
    ];

    private static PreferenceRow FromText(RowFields row) => new(row.Text("prompt"), row.Text("chosen"), row.Text("rejected"), row.Source);

    // With the prompt of TRL's stack_llama_2 example.
    private static PreferenceRow FromStackExchange(RowFields row) =>
        new(StackExchangePrompt.Of(row.Text("question")), row.Text("response_j"), row.Text("response_k"), row.Source);

    private static PreferenceIdsRow FromIds(RowFields row) => new(row.Ids("prompt_ids"), row.RequiredIds("chosen_ids"), row.RequiredIds("rejected_ids"), row.Source);

    private static PreferenceChatRow FromMessages(RowFields row) =>
        new(row.Messages("prompt"), row.Answer("chosen"), row.Answer("rejected"), row.Context(), row.Source);

    // HuggingFaceH4/ultrafeedback_binarized repeats the prompt in both conversations; others hold the answers alone.
    private static PreferenceChatRow FromUltraFeedback(RowFields row)
    {
        var (chosen, rejected) = (row.Messages("chosen"), row.Messages("rejected"));
        return chosen[0].Role == "assistant" && rejected[0].Role == "assistant"
            ? new PreferenceChatRow([new ChatMessage("user", row.Text("prompt"))], chosen, rejected, row.Context(), row.Source)
            : WithoutPrompt(row, chosen, rejected);
    }

    private static PreferenceChatRow FromMessagesWithoutPrompt(RowFields row) => WithoutPrompt(row, row.Messages("chosen"), row.Messages("rejected"));

    private static PreferenceChatRow WithoutPrompt(RowFields row, IReadOnlyList<ChatMessage> whole, IReadOnlyList<ChatMessage> other)
    {
        var (prompt, chosen, rejected) = ImplicitPrompt.Split(whole, other);
        return prompt.Count > 0 ? new PreferenceChatRow(prompt, chosen, rejected, row.Context(), row.Source)
            : throw row.Fault("chosen", "shares no first message with 'rejected', so there is no prompt that both answer; begin both with the same messages, or give 'prompt'");
    }

    private static PreferenceRow FromTextWithoutPrompt(RowFields row, PromptExtraction extraction)
    {
        var (whole, other) = (row.Text("chosen"), row.Text("rejected"));
        var (prompt, chosen, rejected) = extraction == PromptExtraction.Trl ? ImplicitPrompt.SplitAsTrl(whole, other, row.Source) : ImplicitPrompt.Split(whole, other);
        return new PreferenceRow(prompt, chosen, rejected, row.Source);
    }

    private static PreferenceChatRow FromShareGpt(RowFields row) =>
        new([.. ConversationFields.System(row), .. row.Messages("conversations")], row.Answer("chosen"), row.Answer("rejected"), row.Context(), row.Source);

    private static PreferenceChatRow FromAlpaca(RowFields row) =>
        new(ConversationFields.AlpacaPrompt(row), row.Answer("chosen"), row.Answer("rejected"), row.Context(), row.Source);
}
