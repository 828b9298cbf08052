using System.Runtime.InteropServices;
using System.Text.Json;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>
/// Collects rows for a file of typed columns. The first portion decides the columns' types; a portion is a row group or record batch, large enough to be
/// read quickly and small enough to stay in memory whatever the rows are.
/// </summary>
internal sealed class ColumnTarget(IColumnFile file) : IRowTarget
{
    private const int PortionRows = 4_096;
    private const int PortionBytes = 64 << 20;

    private readonly List<JsonElement> _rows = [];
    private ColumnShape? _shape;
    private long _bytes;
    private int _first = 1;

    /// <inheritdoc/>
    public void Write(JsonElement row, int number)
    {
        _rows.Add(row.Clone());
        _bytes += JsonMarshal.GetRawUtf8Value(row).Length;
        if (_rows.Count >= PortionRows || _bytes >= PortionBytes) Flush();
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_rows.Count > 0) Flush();
        if (_shape is null) throw new RowMisfitException(1, "", "is missing: without a row there are no columns; write .jsonl");
        file.Complete();
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Flush()
    {
        if (_shape is null)
        {
            _shape = new ColumnShape("");
            for (var i = 0; i < _rows.Count; i++) _shape.Include(_rows[i], _first + i);
            _shape.Keep(_first + _rows.Count - 1);
            file.Begin(_shape);
        }
        file.Write(_rows, _first);
        _first += _rows.Count;
        _rows.Clear();
        _bytes = 0;
    }
}
