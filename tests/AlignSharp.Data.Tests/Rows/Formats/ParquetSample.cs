using Parquet;
using Parquet.Schema;

namespace AlignSharp.Data.Tests.Rows.Formats;

/// <summary>Writes small Parquet files column by column.</summary>
internal static class ParquetSample
{
    /// <summary>Writes a column into a row group.</summary>
    public delegate Task Column(ParquetRowGroupWriter group, DataField field);

    public static (Field Field, Column[] Columns) Of<T>(DataField field, params T[] values) where T : struct => (field, [(group, each) => group.WriteAsync<T>(each, values)]);

    public static (Field Field, Column[] Columns) OfNullable<T>(DataField field, params T?[] values) where T : struct => (field, [(group, each) => group.WriteAsync<T>(each, values)]);

    public static (Field Field, Column[] Columns) Texts(string name, params string?[] values) => (new DataField<string>(name), [(group, each) => group.WriteAsync(each, values)]);

    public static (Field Field, Column[] Columns) Bytes(string name, params byte[]?[] values) => (new DataField<byte[]>(name), [(group, each) => group.WriteAsync(each, values)]);

    /// <summary>{"a": 1, "b": 2}, {} and, with a key twice, {"x": 3, "x": 4}.</summary>
    public static (Field Field, Column[] Columns) Maps(string name)
    {
        int[] definitions = [2, 2, 1, 2, 2], repetitions = [0, 1, 0, 0, 1], values = [1, 2, 3, 4];
        return (new MapField(name, new DataField<string>("key", nullable: false), new DataField<int>("value", nullable: false)),
        [
            (group, each) => group.WriteAllPartsAsync<ReadOnlyMemory<char>>(each, new[] { "a".AsMemory(), "b".AsMemory(), "x".AsMemory(), "x".AsMemory() }, definitions, repetitions, default),
            (group, each) => group.WriteAllPartsAsync<int>(each, values, definitions, repetitions, default),
        ]);
    }

    public static string Write(string path, CompressionMethod method, params (Field Field, Column[] Columns)[] fields)
    {
        var schema = new ParquetSchema(fields.Select(field => field.Field));
        using var file = File.Create(path);
        var writer = ParquetWriter.CreateAsync(schema, file, new ParquetOptions { CompressionMethod = method }).GetAwaiter().GetResult();
        using (var group = writer.CreateRowGroup())
            foreach (var (field, write) in schema.GetDataFields().Zip(fields.SelectMany(field => field.Columns))) write(group, field).GetAwaiter().GetResult();
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return path;
    }
}
