using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Rows.Formats.Writing;

/// <summary>A Parquet file, compressed with snappy as other writers do by default. Everything is optional, as in the files of pyarrow.</summary>
internal sealed class ParquetColumns(Stream file) : IColumnFile
{
    private readonly List<ParquetLeafValues> _leaves = [];
    private readonly Dictionary<ColumnShape, ParquetLeafValues> _byShape = [];
    private ColumnShape _row = new("");
    private ParquetWriter? _writer;
    private DataField[] _fields = [];

    /// <inheritdoc/>
    public void Begin(ColumnShape row)
    {
        _row = row;
        var schema = new ParquetSchema(row.Fields.Select(field => Field(field.Name, field.Shape)));
        _fields = schema.GetDataFields();
        _writer = ParquetWriter.CreateAsync(schema, file, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Write(IReadOnlyList<JsonElement> rows, int first)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            ColumnValue.RequireObject(rows[i], _row, first + i);
            foreach (var (name, shape) in _row.Fields) Add(shape, ColumnValue.Field(rows[i], name), new Place(first + i, 0, 0, 0));
        }
        using var group = _writer!.CreateRowGroup();
        for (var i = 0; i < _fields.Length; i++) _leaves[i].Write(group, _fields[i]);
    }

    /// <inheritdoc/>
    public void Complete() => _writer!.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() { }

    private Field Field(string name, ColumnShape shape)
    {
        if (shape.Kind == ColumnKind.List) return new ListField(name, Field(ListField.ElementName, shape.Element!));
        if (shape.Kind == ColumnKind.Object) return new StructField(name, [.. shape.Fields.Select(field => Field(field.Name, field.Shape))]);
        _leaves.Add(_byShape[shape] = ParquetLeafValues.Create(shape));
        return new DataField(name, shape.Kind switch { ColumnKind.Text => typeof(string), ColumnKind.Boolean => typeof(bool), ColumnKind.Integer => typeof(long), _ => typeof(double) }, isNullable: true);
    }

    private void Add(ColumnShape shape, JsonElement value, Place place)
    {
        if (ColumnValue.IsNull(value)) AddAbsent(shape, place);
        else if (shape.Kind == ColumnKind.List) AddList(shape, value, place);
        else if (shape.Kind == ColumnKind.Object) AddObject(shape, value, place);
        else _byShape[shape].Add(value, place.Repetition, place.Definition + 1, place.Row);
    }

    private void AddObject(ColumnShape shape, JsonElement value, Place place)
    {
        ColumnValue.RequireObject(value, shape, place.Row);
        foreach (var (name, field) in shape.Fields) Add(field, ColumnValue.Field(value, name), place with { Definition = place.Definition + 1 });
    }

    private void AddList(ColumnShape shape, JsonElement value, Place place)
    {
        ColumnValue.RequireList(value, shape, place.Row);
        if (value.GetArrayLength() == 0)
        {
            AddAbsent(shape, place with { Definition = place.Definition + 1 });
            return;
        }
        var inside = place with { Definition = place.Definition + 2, Lists = place.Lists + 1 };
        foreach (var element in value.EnumerateArray())
        {
            Add(shape.Element!, element, inside);
            inside = inside with { Repetition = inside.Lists };
        }
    }

    private void AddAbsent(ColumnShape shape, Place place)
    {
        if (shape.Kind == ColumnKind.List) AddAbsent(shape.Element!, place);
        else if (shape.Kind == ColumnKind.Object) foreach (var (_, field) in shape.Fields) AddAbsent(field, place);
        else _byShape[shape].AddAbsent(place.Repetition, place.Definition);
    }

    // Definition counts what is there above a value, Lists the lists among it, Repetition which of them the entry goes on with.
    private readonly record struct Place(int Row, int Repetition, int Definition, int Lists);
}
