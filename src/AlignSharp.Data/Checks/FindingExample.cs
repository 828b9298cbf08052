using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Checks;

/// <summary>A row that shows a finding.</summary>
/// <param name="Source">Where it stands; null where the reader could not say.</param>
/// <param name="Excerpt">What is wrong there, short, with control characters escaped, so that it is safe for a terminal. Not escaped for HTML.</param>
public sealed record FindingExample(RowPosition? Source, string Excerpt);
