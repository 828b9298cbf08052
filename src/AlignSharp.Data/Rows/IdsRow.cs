namespace AlignSharp.Data.Rows;

/// <summary>A text that was tokenised before.</summary>
/// <param name="Ids">Token ids from 0; may be none.</param>
/// <param name="Source">Where it came from.</param>
public sealed record IdsRow(int[] Ids, RowPosition Source) : TextExample(Source);
