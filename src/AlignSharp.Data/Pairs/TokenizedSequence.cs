using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>One sequence for supervised fine-tuning or scoring.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Scored">For each position whether the token there carries loss; the first token never does, nothing predicts it.</param>
/// <param name="Source">The row it was made from.</param>
public sealed record TokenizedSequence(int[] Ids, bool[] Scored, RowPosition Source);
