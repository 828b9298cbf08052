using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>A file of typed columns, written some rows at a time.</summary>
internal interface IColumnFile : IDisposable
{
    /// <summary>Begins the file.</summary>
    /// <param name="row">The type of a row, an object; the columns are its fields.</param>
    void Begin(ColumnShape row);

    /// <summary>Writes rows.</summary>
    /// <param name="rows">Objects.</param>
    /// <param name="first">1-based number of the first.</param>
    /// <exception cref="RowMisfitException">A row does not have the type.</exception>
    void Write(IReadOnlyList<JsonElement> rows, int first);

    /// <summary>Ends the file.</summary>
    void Complete();
}
