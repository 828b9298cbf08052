using System.Buffers.Binary;
using Parquet.Meta;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>
/// Writes the footer that the library gets to see: each column alone under a chain of groups that gives its entries the levels they have, with
/// its stored type and nothing of what that means.
/// </summary>
internal static class PlainFooter
{
    /// <summary>The footer, its length, and the mark that ends a file.</summary>
    public static byte[] Write(IReadOnlyList<ParquetColumn> columns, IReadOnlyList<ParquetGroup> groups)
    {
        var writer = new ThriftWriter();
        writer.Begin();
        writer.Int32(1, 1);
        WriteSchema(writer, columns);
        writer.Int64(3, groups.Sum(group => group.Rows));
        writer.List(4, ThriftType.Struct, groups.Count);
        foreach (var group in groups) WriteGroup(writer, columns, group);
        writer.End();
        var footer = writer.ToArray();
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return [.. footer, .. length, .. "PAR1"u8];
    }

    private static void WriteSchema(ThriftWriter writer, IReadOnlyList<ParquetColumn> columns)
    {
        writer.List(2, ThriftType.Struct, 1 + columns.Sum(column => Names(column.Leaf, 0).Length));
        WriteElement(writer, "root", children: columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            var leaf = columns[i].Leaf;
            var names = Names(leaf, i);
            for (var step = 0; step < names.Length - 1; step++)
                WriteElement(writer, names[step], repetition: leaf.Steps[step] ? FieldRepetitionType.REPEATED : FieldRepetitionType.OPTIONAL, children: 1);
            var last = leaf.Steps.Count == names.Length ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED;
            WriteElement(writer, names[^1], leaf.Element.Type, leaf.Element.TypeLength, last);
        }
    }

    // The last step is the column's own where it is optional.
    private static string[] Names(ParquetLeaf leaf, int index)
    {
        var count = leaf.Steps.Count + (leaf.Steps.Count > 0 && !leaf.Steps[^1] ? 0 : 1);
        return [.. Enumerable.Range(0, count).Select(step => step == 0 ? $"c{index}" : "e")];
    }

    private static void WriteElement(ThriftWriter writer, string name, Parquet.Meta.Type? type = null, int typeLength = 0, FieldRepetitionType? repetition = null, int children = 0)
    {
        writer.Begin();
        if (type is { } stored) writer.Int32(1, (int)stored);
        if (typeLength > 0) writer.Int32(2, typeLength);
        if (repetition is { } given) writer.Int32(3, (int)given);
        writer.Text(4, name);
        if (children > 0) writer.Int32(5, children);
        writer.End();
    }

    private static void WriteGroup(ThriftWriter writer, IReadOnlyList<ParquetColumn> columns, ParquetGroup group)
    {
        writer.Begin();
        writer.List(1, ThriftType.Struct, columns.Count);
        for (var i = 0; i < columns.Count; i++) WriteChunk(writer, columns[i].Leaf, Names(columns[i].Leaf, i), group.Chunks[i]);
        writer.Int64(2, 0);
        writer.Int64(3, group.Rows);
        writer.End();
    }

    private static void WriteChunk(ThriftWriter writer, ParquetLeaf leaf, string[] names, ParquetChunk chunk)
    {
        writer.Begin();
        writer.Int64(2, chunk.Offset);
        writer.Begin(3);
        writer.Int32(1, (int)leaf.Element.Type!);
        writer.List(2, ThriftType.Int32, 0);
        writer.List(3, ThriftType.Binary, names.Length);
        foreach (var name in names) writer.Text(name);
        writer.Int32(4, chunk.Codec);
        writer.Int64(5, chunk.Values);
        writer.Int64(6, 0);
        writer.Int64(7, 0);
        writer.Int64(9, chunk.Offset);
        writer.End();
        writer.End();
    }
}
