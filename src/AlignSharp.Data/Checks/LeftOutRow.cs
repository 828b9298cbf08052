using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>A training row that a cleaned copy leaves out.</summary>
/// <param name="Ordinal">Which of the pairs that were added, from 0.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Code">The first finding, in the report's order, for which it goes.</param>
public readonly record struct LeftOutRow(int Ordinal, RowPosition Source, string Code);
