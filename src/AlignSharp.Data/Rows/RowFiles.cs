using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;

namespace AlignSharp.Data.Rows;

/// <summary>Reads the rows of one file in the shape that its first row shows.</summary>
internal static class RowFiles
{
    public static IEnumerable<T> Read<T>(string path, IReadOnlyList<RowShape<T>> shapes)
    {
        // Missing files show at the call, bad rows when they are reached.
        var rows = RowFormats.Read(path);
        return ReadRows(rows, path, shapes);
    }

    private static IEnumerable<T> ReadRows<T>(IEnumerable<RowFields> rows, string path, IReadOnlyList<RowShape<T>> shapes)
    {
        RowShape<T>? shape = null;
        foreach (var row in rows)
        {
            shape ??= shapes.FirstOrDefault(s => s.Fits(row)) ?? throw NoShape(row, shapes);
            yield return shape.Read(row);
        }
        if (shape is null) throw new DatasetException($"{path}: the file has no rows.");
    }

    private static DatasetException NoShape<T>(RowFields row, IReadOnlyList<RowShape<T>> shapes)
    {
        var fields = string.Join(", ", row.Row.EnumerateObject().Select(p => p.Name).Take(12));
        var expected = string.Join("; or ", shapes.Select(s => $"{s.Name}: {string.Join(", ", s.Fields)}"));
        return new DatasetException($"{row.Source}: the row has the fields [{fields}], expected {expected}.{Remedy(row)}");
    }

    private static string Remedy(RowFields row)
    {
        if (row.Has("messages") || row.Has("conversations")) return " Conversations are not read here: render them to text with the model's chat template.";
        if (row.Has("chosen") && row.Has("rejected")) return " Implicit prompts are not read: move what both completions share into 'prompt'.";
        if (row.Has("completion") && row.Has("label")) return " Unpaired preferences are not read: pair a better and a worse completion.";
        return " Rename the fields.";
    }
}
