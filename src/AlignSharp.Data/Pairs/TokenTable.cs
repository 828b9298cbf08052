using AlignSharp.Data.Rows;

namespace AlignSharp.Data.Pairs;

/// <summary>Tokenised rows as <see cref="TokenCacheFile"/> keeps them: for each row its place, a mark, and a fixed number of lists of integers.</summary>
/// <param name="Parts">Lists a row.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Notes">Lines that were said while they were made.</param>
internal sealed record TokenTable(int Parts, IReadOnlyList<TokenTable.Row> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>One row.</summary>
    /// <param name="Source">Where it stands.</param>
    /// <param name="Mark">Whether it is marked.</param>
    /// <param name="Lists">Its lists.</param>
    internal readonly record struct Row(RowPosition Source, bool Mark, int[][] Lists);
}
