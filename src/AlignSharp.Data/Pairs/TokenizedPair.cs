using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// A preference pair in token space: the prompt once, then its two completions. The split is by position, so that what is scored
/// never depends on the value of an id (an eos that equals pad is scored like any other completion token).
/// </summary>
/// <param name="PromptIds">Ids of the prompt, beginning-of-sequence token included where the tokenizer adds one.</param>
/// <param name="ChosenIds">Ids of the better completion, end-of-sequence token included.</param>
/// <param name="RejectedIds">Ids of the worse completion, end-of-sequence token included.</param>
/// <param name="Source">The row it was made from.</param>
public sealed record TokenizedPair(int[] PromptIds, int[] ChosenIds, int[] RejectedIds, RowPosition Source)
{
    /// <summary>Tokens of the two full sequences, the prompt counted twice: what TRL reports as <c>num_tokens</c>.</summary>
    public int SequenceTokens => 2 * PromptIds.Length + ChosenIds.Length + RejectedIds.Length;

    /// <summary>Tokens of the packed pair, the prompt counted once: what a training step computes.</summary>
    public int PackedTokens => PromptIds.Length + ChosenIds.Length + RejectedIds.Length;
}
