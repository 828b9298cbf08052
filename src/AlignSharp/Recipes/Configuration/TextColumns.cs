namespace AlignSharp.Recipes.Configuration;

/// <summary>Writes rows of text in columns that line up.</summary>
internal static class TextColumns
{
    private const string Indent = "  ";
    private const int WidestPadded = 48;

    /// <summary>Writes the heading and the rows; a cell longer than a column's width pushes only its own row.</summary>
    public static void Write(TextWriter writer, string[] heading, IReadOnlyList<string[]> rows)
    {
        string[][] lines = [heading, .. rows];
        var widths = heading.Select((_, column) => Math.Min(WidestPadded, lines.Max(line => line[column].Length))).ToArray();
        foreach (var line in lines)
            writer.WriteLine((Indent + string.Join(Indent, line.Select((cell, column) => cell.PadRight(widths[column])))).TrimEnd());
    }
}
