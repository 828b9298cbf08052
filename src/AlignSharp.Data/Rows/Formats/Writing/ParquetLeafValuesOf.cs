using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>The entries of one column, with values of one type.</summary>
internal sealed class ParquetLeafValuesOf<T>(ColumnShape shape, Func<JsonElement, int, T> read) : ParquetLeafValues(shape)
    where T : struct
{
    private readonly List<T> _values = [];

    /// <inheritdoc/>
    protected override void AddValue(JsonElement value, int row) => _values.Add(read(value, row));

    /// <inheritdoc/>
    protected override void WriteValues(ParquetRowGroupWriter group, DataField field, int[] definitions, int[]? repetitions)
    {
        // Without the type, null would become empty memory.
        var lists = repetitions is null ? (ReadOnlyMemory<int>?)null : repetitions;
        group.WriteAllPartsAsync<T>(field, _values.ToArray(), definitions, lists, CancellationToken.None).GetAwaiter().GetResult();
        _values.Clear();
    }
}
