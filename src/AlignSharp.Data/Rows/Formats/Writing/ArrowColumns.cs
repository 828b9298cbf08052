using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>An Arrow file in the stream form, which Hugging Face's datasets read and write.</summary>
internal sealed class ArrowColumns(Stream file) : IColumnFile
{
    private ColumnShape _row = new("");
    private Schema? _schema;
    private ArrowStreamWriter? _writer;

    /// <inheritdoc/>
    public void Begin(ColumnShape row)
    {
        _row = row;
        _schema = new Schema(row.Fields.Select(field => new Field(field.Name, TypeOf(field.Shape), nullable: true)), null);
        _writer = new ArrowStreamWriter(file, _schema, leaveOpen: true);
    }

    /// <inheritdoc/>
    public void Write(IReadOnlyList<JsonElement> rows, int first)
    {
        for (var i = 0; i < rows.Count; i++) ColumnValue.RequireObject(rows[i], _row, first + i);
        var places = Enumerable.Range(first, rows.Count).ToList();
        var arrays = _row.Fields.Select(field => Build(field.Shape, [.. rows.Select(row => ColumnValue.Field(row, field.Name))], places));
        using var batch = new RecordBatch(_schema, arrays.ToList(), rows.Count);
        _writer!.WriteRecordBatch(batch);
    }

    /// <inheritdoc/>
    public void Complete() => _writer!.WriteEnd();

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    private static IArrowType TypeOf(ColumnShape shape) => shape.Kind switch
    {
        ColumnKind.Text => StringType.Default,
        ColumnKind.Boolean => BooleanType.Default,
        ColumnKind.Integer => Int64Type.Default,
        ColumnKind.Number => DoubleType.Default,
        ColumnKind.List => new ListType(new Field("item", TypeOf(shape.Element!), nullable: true)),
        _ => new StructType([.. shape.Fields.Select(field => new Field(field.Name, TypeOf(field.Shape), nullable: true))]),
    };

    // Rows: the row that each value comes from.
    private static IArrowArray Build(ColumnShape shape, List<JsonElement> values, List<int> rows) => shape.Kind switch
    {
        ColumnKind.Text => Texts(shape, values, rows),
        ColumnKind.Boolean => Fill(new BooleanArray.Builder(), values, (b, i) => b.Append(ColumnValue.Boolean(values[i], shape, rows[i])), b => b.AppendNull()).Build(),
        ColumnKind.Integer => Fill(new Int64Array.Builder(), values, (b, i) => b.Append(ColumnValue.Integer(values[i], shape, rows[i])), b => b.AppendNull()).Build(),
        ColumnKind.Number => Fill(new DoubleArray.Builder(), values, (b, i) => b.Append(ColumnValue.Number(values[i], shape, rows[i])), b => b.AppendNull()).Build(),
        ColumnKind.List => Lists(shape, values, rows),
        _ => Objects(shape, values, rows),
    };

    private static StringArray Texts(ColumnShape shape, List<JsonElement> values, List<int> rows) =>
        Fill(new StringArray.Builder(), values, (b, i) => b.Append(ColumnValue.Text(values[i], shape, rows[i])), b => b.AppendNull()).Build();

    private static TBuilder Fill<TBuilder>(TBuilder builder, List<JsonElement> values, Action<TBuilder, int> append, Action<TBuilder> appendNull)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (ColumnValue.IsNull(values[i])) appendNull(builder);
            else append(builder, i);
        }
        return builder;
    }

    private static ListArray Lists(ColumnShape shape, List<JsonElement> values, List<int> rows)
    {
        var (elements, places) = (new List<JsonElement>(), new List<int>());
        var offsets = new ArrowBuffer.Builder<int>().Append(0);
        for (var i = 0; i < values.Count; i++)
        {
            if (!ColumnValue.IsNull(values[i]))
            {
                ColumnValue.RequireList(values[i], shape, rows[i]);
                elements.AddRange(values[i].EnumerateArray());
                places.AddRange(Enumerable.Repeat(rows[i], elements.Count - places.Count));
            }
            offsets.Append(elements.Count);
        }
        var (validity, nulls) = Validity(values);
        return new ListArray(TypeOf(shape), values.Count, offsets.Build(), Build(shape.Element!, elements, places), validity, nulls);
    }

    private static StructArray Objects(ColumnShape shape, List<JsonElement> values, List<int> rows)
    {
        for (var i = 0; i < values.Count; i++)
            if (!ColumnValue.IsNull(values[i])) ColumnValue.RequireObject(values[i], shape, rows[i]);
        var fields = shape.Fields.Select(field => Build(field.Shape, [.. values.Select(value => ColumnValue.Field(value, field.Name))], rows));
        var (validity, nulls) = Validity(values);
        return new StructArray(TypeOf(shape), values.Count, fields.ToList(), validity, nulls);
    }

    private static (ArrowBuffer Validity, int Nulls) Validity(List<JsonElement> values)
    {
        var bits = new ArrowBuffer.BitmapBuilder(values.Count);
        foreach (var value in values) bits.Append(!ColumnValue.IsNull(value));
        return (bits.UnsetBitCount == 0 ? ArrowBuffer.Empty : bits.Build(), bits.UnsetBitCount);
    }
}
