using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// Turns examples of fine-tuning and scoring into token ids. A completion is split from its prompt, and ended, as
/// <see cref="PairTokenizer"/> does it, so that a completion scores the same alone and in a pair.
/// </summary>
public sealed class SequenceTokenizer
{
    private readonly ITokenizer? _tokenizer;
    private readonly PromptSplit? _split;
    private readonly ChatTokenizer? _chat;
    private readonly bool _endTexts;

    /// <summary>Creates a tokenizer of sequences.</summary>
    /// <param name="tokenizer">Tokenizer of the model; null when all rows are pre-tokenised.</param>
    /// <param name="endTexts">
    /// Whether the end-of-sequence token is appended to rows of plain text too, as TRL 1.9 does for training; false scores a text as it stands.
    /// </param>
    /// <param name="template">Chat template of the model, or null where there is none.</param>
    /// <param name="assistantOnly">Whether of a conversation only the assistant's part is scored (<c>assistant_only_loss</c>).</param>
    public SequenceTokenizer(ITokenizer? tokenizer, bool endTexts, ChatTemplate? template = null, bool assistantOnly = false)
    {
        _chat = tokenizer is null || template is null ? null : new ChatTokenizer(tokenizer, template, assistantOnly);
        _tokenizer = tokenizer;
        _split = tokenizer is null ? null : new PromptSplit(tokenizer);
        _endTexts = endTexts;
    }

    /// <summary>Tokenises rows on all processors as they are asked for; the result does not depend on the number of processors.</summary>
    /// <inheritdoc cref="Tokenize(SftExample)"/>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public IEnumerable<TokenizedSequence> Tokenize(IEnumerable<SftExample> examples, CancellationToken cancellation) => ParallelRows.Stream(examples, Tokenize, cancellation);

    /// <summary>Tokenises one row. Pre-tokenised rows keep their ids.</summary>
    /// <param name="example">The row.</param>
    /// <exception cref="ConfigurationException">The row is text and there is no tokenizer.</exception>
    /// <exception cref="ArtifactException">An end of sequence is to be appended and the tokenizer names none.</exception>
    /// <exception cref="DatasetException">The text has no tokens.</exception>
    public TokenizedSequence Tokenize(SftExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        if (example is SftIdsRow row) return new TokenizedSequence(row.Ids, row.Scored, row.Source);
        if (_tokenizer is null || _split is null)
            throw new ConfigurationException($"{example.Source}: the row is text, but the model folder has no tokenizer; add its files or give token ids.");
        var sequence = example switch
        {
            SftMessagesRow chat => Chat(example).Tokenize(chat),
            SftChatCompletionRow chat => Chat(example).Tokenize(chat),
            SftCompletionRow completion => Completion(_split, completion),
            _ => Text(_tokenizer, (SftTextRow)example),
        };
        return sequence.Ids.Length > 0 ? sequence : throw new DatasetException($"{example.Source}: the tokenizer makes no token of the row; remove it.");
    }

    private ChatTokenizer Chat(SftExample example) => _chat ?? throw ChatTokenizer.NoTemplate(example.Source);

    private TokenizedSequence Completion(PromptSplit split, SftCompletionRow row)
    {
        var prompt = split.Prompt(row.Prompt);
        var (completion, _) = split.Completion(row.Prompt, prompt, Ended(row.Completion));
        int[] ids = [.. prompt, .. completion];
        var scored = new bool[ids.Length];
        scored.AsSpan(prompt.Length).Fill(true);
        return new TokenizedSequence(ids, scored, row.Source);
    }

    private TokenizedSequence Text(ITokenizer tokenizer, SftTextRow row)
    {
        var ids = tokenizer.Encode(_endTexts ? Ended(row.Text) : row.Text);
        var scored = new bool[ids.Length];
        Array.Fill(scored, true);
        return new TokenizedSequence(ids, scored, row.Source);
    }

    private string Ended(string text)
    {
        var eos = _tokenizer!.Special.Eos?.Content
            ?? throw new ArtifactException("The tokenizer names no eos_token, which ends every completion; set it in tokenizer_config.json.");
        return text.EndsWith(eos, StringComparison.Ordinal) ? text : text + eos;
    }
}
