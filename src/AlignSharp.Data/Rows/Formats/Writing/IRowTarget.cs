using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>A format that rows are written in. It does not own the stream of the file.</summary>
internal interface IRowTarget : IDisposable
{
    /// <summary>Writes an object.</summary>
    /// <exception cref="RowMisfitException">The format cannot hold it.</exception>
    void Write(JsonElement row, int number);

    /// <summary>Writes what is left.</summary>
    /// <exception cref="RowMisfitException">The format cannot hold it.</exception>
    void Complete();
}
