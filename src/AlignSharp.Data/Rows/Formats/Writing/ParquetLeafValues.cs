using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>The entries of one column of a row group.</summary>
/// <param name="shape">Its type.</param>
internal abstract class ParquetLeafValues(ColumnShape shape)
{
    private readonly List<int> _definitions = [], _repetitions = [];

    /// <summary>Its type.</summary>
    protected ColumnShape Shape { get; } = shape;

    public static ParquetLeafValues Create(ColumnShape shape) => shape.Kind switch
    {
        ColumnKind.Text => new ParquetLeafValuesOf<ReadOnlyMemory<char>>(shape, (value, row) => ColumnValue.Text(value, shape, row).AsMemory()),
        ColumnKind.Boolean => new ParquetLeafValuesOf<bool>(shape, (value, row) => ColumnValue.Boolean(value, shape, row)),
        ColumnKind.Integer => new ParquetLeafValuesOf<long>(shape, (value, row) => ColumnValue.Integer(value, shape, row)),
        _ => new ParquetLeafValuesOf<double>(shape, (value, row) => ColumnValue.Number(value, shape, row)),
    };

    /// <summary>Adds an entry without a value.</summary>
    public void AddAbsent(int repetition, int definition)
    {
        _repetitions.Add(repetition);
        _definitions.Add(definition);
    }

    /// <summary>Adds a value.</summary>
    public void Add(JsonElement value, int repetition, int definition, int row)
    {
        AddAbsent(repetition, definition);
        AddValue(value, row);
    }

    /// <summary>Writes the entries and forgets them.</summary>
    public void Write(ParquetRowGroupWriter group, DataField field)
    {
        WriteValues(group, field, _definitions.ToArray(), field.MaxRepetitionLevel > 0 ? _repetitions.ToArray() : null);
        _definitions.Clear();
        _repetitions.Clear();
    }

    /// <summary>Keeps a value.</summary>
    protected abstract void AddValue(JsonElement value, int row);

    /// <summary>Writes the values and forgets them.</summary>
    protected abstract void WriteValues(ParquetRowGroupWriter group, DataField field, int[] definitions, int[]? repetitions);
}
