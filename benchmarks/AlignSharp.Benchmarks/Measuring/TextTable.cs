using System.Globalization;

namespace AlignSharp.Benchmarks.Measuring;

/// <summary>A table that is written row by row, so that a long run shows what it has: the first column to the left, the others to the right.</summary>
internal sealed class TextTable
{
    private readonly TextWriter _output;
    private readonly (string Heading, int Width)[] _columns;

    /// <summary>Writes the headings.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="columns">Headings and least widths.</param>
    public TextTable(TextWriter output, params (string Heading, int Width)[] columns)
    {
        _output = output;
        _columns = [.. columns.Select(column => (column.Heading, Math.Max(column.Width, column.Heading.Length)))];
        Row([.. columns.Select(column => column.Heading)]);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="cells">A cell a column.</param>
    public void Row(params string[] cells)
    {
        var aligned = cells.Select((cell, i) => i == 0 ? cell.PadRight(_columns[i].Width) : cell.PadLeft(_columns[i].Width));
        _output.WriteLine(string.Join("  ", aligned).TrimEnd());
    }

    /// <summary>A number with three significant digits or more, as long as it is not an integer.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);
}
