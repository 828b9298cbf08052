using AlignSharp.Data.Rows.Sources;

namespace AlignSharp.Data.Rows;

/// <summary>Reads the rows of one file in the shape that its first row shows.</summary>
internal static class RowFiles
{
    // Missing files show at the call, bad rows when they are reached.
    public static IEnumerable<T> Read<T>(string path, IReadOnlyList<RowShape<T>> shapes) where T : class => Dataset.OfFile(path).Reader(shapes, row => row).Read();
}
