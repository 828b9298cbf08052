using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Pairs;

/// <summary>Turns conversations into token ids by the model's chat template, which brings the special tokens, with the rules of TRL 1.9.</summary>
/// <param name="tokenizer">Tokenizer of the model.</param>
/// <param name="template">Its chat template.</param>
/// <param name="assistantOnly">Whether only what the template marks as the assistant's is scored (<c>assistant_only_loss</c>).</param>
internal sealed class ChatTokenizer(ITokenizer tokenizer, ChatTemplate template, bool assistantOnly)
{
    private readonly PromptSplit _split = new(tokenizer, addSpecialTokens: false);

    /// <summary>The fault of a conversation without a template to render it.</summary>
    public static ConfigurationException NoTemplate(RowPosition source) =>
        new($"{source}: the row is a conversation, but there is no chat template; put a chat_template.jinja beside the tokenizer, or give chat_template_path.");

    /// <summary>A whole conversation; everything is scored, or the assistant's part.</summary>
    public TokenizedSequence Tokenize(SftMessagesRow row)
    {
        var rendered = Render(row.Messages, addGenerationPrompt: false, row.Context, row.Source);
        var ids = Encode(rendered.Text);
        return new TokenizedSequence(ids, assistantOnly ? Assistant(rendered, ids, row.Source) : All(ids.Length), row.Source);
    }

    /// <summary>A conversation whose last messages are learned: the prompt ends in the header of the answer.</summary>
    public TokenizedSequence Tokenize(SftChatCompletionRow row)
    {
        var prompt = Encode(Render(row.Prompt, addGenerationPrompt: true, row.Context, row.Source).Text);
        var whole = Render([.. row.Prompt, .. row.Completion], addGenerationPrompt: false, row.Context, row.Source);
        var ids = Encode(whole.Text);
        if (!ids.AsSpan().StartsWith(prompt))
            throw new DatasetException($"{row.Source}: {template.Name} renders the conversation without its completion differently from its beginning, so it is not known where the completion starts; use rows with 'messages', or mend the template.");
        if (assistantOnly) return new TokenizedSequence(ids, Assistant(whole, ids, row.Source), row.Source);
        var scored = new bool[ids.Length];
        scored.AsSpan(prompt.Length).Fill(true);
        return new TokenizedSequence(ids, scored, row.Source);
    }

    /// <summary>
    /// A preference between two ends of a conversation: the prompt ends in the header of the answer. Where the template renders the prompt
    /// alone differently from its place in the whole, the prompt is what all three renders begin with, as in TRL's apply_chat_template.
    /// </summary>
    /// <returns>The pair, and whether a token spans the end of the prompt.</returns>
    public (TokenizedPair Pair, bool IsSplitApart) Tokenize(PreferenceChatRow row)
    {
        var alone = Render(row.Prompt, addGenerationPrompt: row.Prompt[^1].Role != "assistant", row.Context, row.Source).Text;
        var chosen = Render([.. row.Prompt, .. row.Chosen], addGenerationPrompt: false, row.Context, row.Source).Text;
        var rejected = Render([.. row.Prompt, .. row.Rejected], addGenerationPrompt: false, row.Context, row.Source).Text;
        var shared = SharedLength(alone, chosen, rejected);
        if (shared == 0) throw new DatasetException($"{row.Source}: {template.Name} renders the prompt alone and with its answers as texts that share nothing, so it is not known where the answers start; mend the template.");
        var prompt = alone[..shared];
        var promptIds = _split.Prompt(prompt);
        var (chosenIds, chosenFits) = _split.Completion(prompt, promptIds, chosen[shared..]);
        var (rejectedIds, rejectedFits) = _split.Completion(prompt, promptIds, rejected[shared..]);
        return (new TokenizedPair(promptIds, chosenIds, rejectedIds, row.Source), !chosenFits || !rejectedFits);
    }

    private static int SharedLength(string alone, string chosen, string rejected)
    {
        var length = Math.Min(alone.AsSpan().CommonPrefixLength(chosen), alone.AsSpan().CommonPrefixLength(rejected));
        return length > 0 && char.IsHighSurrogate(alone[length - 1]) ? length - 1 : length;
    }

    private RenderedChat Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, ChatContext context, RowPosition source)
    {
        try
        {
            return template.Render(messages, ChatRenderOptions.For(context) with { AddGenerationPrompt = addGenerationPrompt });
        }
        catch (DatasetException fault)
        {
            throw new DatasetException($"{source}: {fault.Message}", fault);
        }
    }

    private int[] Encode(string text) => tokenizer.Encode(text, addSpecialTokens: false);

    private static bool[] All(int count)
    {
        var scored = new bool[count];
        Array.Fill(scored, true);
        return scored;
    }

    private bool[] Assistant(RenderedChat rendered, int[] ids, RowPosition source)
    {
        var spans = rendered.AssistantSpans ?? throw new DatasetException($"{source}: {template.Name} has a generation block where the place of its text is not known (in a macro, call, filter or set block); assistant_only_loss needs it in the open");
        var ends = TokenEnds.Of(tokenizer, ids, rendered.Text)
            ?? throw new DatasetException($"{source}: the tokenizer does not give the rendered text back, so it is not known which tokens are the assistant's; use prompt and completion instead of assistant_only_loss");
        var scored = new bool[ids.Length];
        foreach (var span in spans)
            for (var token = 0; token < ids.Length; token++)
                if (ends[token] > span.Start && (token == 0 ? 0 : ends[token - 1]) < span.End) scored[token] = true;
        return scored;
    }
}
