using System.Buffers;

namespace AlignSharp.Data.Checks.RowRules;

/// <summary>The text of a special token stands in a row.</summary>
internal sealed class SpecialTokenText : IRowRule
{
    // Of Llama 2 and 3, ChatML, Gemma, Phi, Zephyr and GPT-2: debris of another template does harm too.
    private static readonly string[] WidelyKnown =
    [
        "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|start_header_id|>",
        "<|end_header_id|>", "<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<|system|>", "<|user|>",
        "<|assistant|>", "<|end|>", "<|endoftext|>",
    ];

    private readonly SearchValues<string> _tokens;
    private readonly string? _bos;
    private readonly string? _eos;

    /// <summary>Looks for the widely known ones and others.</summary>
    /// <param name="tokens">The tokenizer's.</param>
    /// <param name="bos">What may stand at the beginning of a prompt, or null.</param>
    /// <param name="eos">What may stand at the end of an answer, or null.</param>
    public SpecialTokenText(IEnumerable<string> tokens, string? bos, string? eos)
    {
        _tokens = SearchValues.Create([.. WidelyKnown, .. tokens], StringComparison.Ordinal);
        (_bos, _eos) = (bos, eos);
    }

    public FindingKind Kind { get; } = new(
        "special-token-text",
        "a text holds a special token written out",
        "A tokenizer may read it as the token itself: a turn or a sequence ends in the middle of a text, or a text speaks as another role. As debris of another template it teaches the model to write it. Where nearly all rows have it, they were rendered with a template before, which is well if it is this model's.",
        "Remove it from the texts; for rendered texts use rows of messages and let the template render them.")
    {
        Severity = share => share < Thresholds.TextsAreRendered ? FindingSeverity.Warning : FindingSeverity.Info,
    };

    public string? Find(PairView pair)
    {
        var (prompt, chosen, rejected) = (pair.Pair.Prompt, pair.Pair.Chosen, pair.Pair.Rejected);
        // A beginning of sequence at the beginning is the matter of double-bos, and an end at the end is where it belongs.
        var start = _bos is not null && prompt.StartsWith(_bos, StringComparison.Ordinal) ? _bos.Length : 0;
        if (prompt.AsSpan(start).IndexOfAny(_tokens) is >= 0 and var at) return $"prompt: {Excerpt.Around(prompt, start + at)}";
        if (Body(chosen).IndexOfAny(_tokens) is >= 0 and var inChosen) return $"chosen: {Excerpt.Around(chosen, inChosen)}";
        return Body(rejected).IndexOfAny(_tokens) is >= 0 and var inRejected ? $"rejected: {Excerpt.Around(rejected, inRejected)}" : null;
    }

    private ReadOnlySpan<char> Body(string answer) => _eos is not null && answer.EndsWith(_eos, StringComparison.Ordinal) ? answer.AsSpan(0, answer.Length - _eos.Length) : answer;
}
