namespace AlignSharp.Data.Rows;

/// <summary>A sequence that was tokenised before; its ids are used as they are.</summary>
/// <param name="Ids">Token ids; at least one.</param>
/// <param name="Scored">For each id whether it carries loss: its label is not -100. All are true where the row has no labels.</param>
/// <param name="Source">Where it came from.</param>
public sealed record SftIdsRow(int[] Ids, bool[] Scored, RowPosition Source) : SftExample(Source);
