using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>A preference as the linter sees it: its texts, and its ids whole and as they will be trained.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="Prompt">The prompt; of a conversation its messages' contents, one after the other with a line break between.</param>
/// <param name="Chosen">The better completion, in the same way.</param>
/// <param name="Rejected">The worse completion, in the same way.</param>
/// <param name="Whole">The token ids before anything is cut, or null where there is no tokenizer.</param>
/// <param name="Trained">The token ids that a run trains on; null where there is no tokenizer or the pair is dropped because its prompt fills the window.</param>
/// <param name="IsSplitApart">Whether a token spans the end of the prompt, so that prompt and completion were tokenised apart.</param>
/// <param name="ChosenScore">A score of the better completion from a column of the row, or null.</param>
/// <param name="RejectedScore">A score of the worse completion, or null.</param>
public sealed record CheckedPair(
    RowPosition Source, string Prompt, string Chosen, string Rejected, TokenizedPair? Whole, TokenizedPair? Trained, bool IsSplitApart, double? ChosenScore, double? RejectedScore);
