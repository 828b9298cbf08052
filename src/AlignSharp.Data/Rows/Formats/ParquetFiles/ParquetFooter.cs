namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>What a Parquet file says of itself, as far as reading its rows needs it.</summary>
/// <param name="Schema">The schema's elements, depth first; the first is the root.</param>
/// <param name="Groups">The row groups.</param>
internal sealed record ParquetFooter(IReadOnlyList<ParquetElement> Schema, IReadOnlyList<ParquetGroup> Groups)
{
    /// <summary>Reads the bytes of a footer.</summary>
    /// <exception cref="InvalidDataException">The bytes are wrong.</exception>
    /// <exception cref="EndOfStreamException">The bytes end too early.</exception>
    public static ParquetFooter Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        List<ParquetElement> schema = [];
        List<ParquetGroup> groups = [];
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            if (id == 2) for (var left = reader.List(type, ThriftType.Struct, leastBytes: 4); left > 0; left--) schema.Add(ParquetElement.Parse(ref reader));
            else if (id == 4) for (var left = reader.List(type, ThriftType.Struct, leastBytes: 4); left > 0; left--) groups.Add(ParseGroup(ref reader));
            else if (id == 8) throw new NotSupportedException("the file is encrypted");
            else reader.Skip(type);
        }
        reader.Leave(outer);
        return new ParquetFooter(schema, groups);
    }

    private static ParquetGroup ParseGroup(ref ThriftReader reader)
    {
        List<ParquetChunk> chunks = [];
        var rows = 0L;
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            if (id == 1) for (var left = reader.List(type, ThriftType.Struct, leastBytes: 4); left > 0; left--) chunks.Add(ParquetChunk.Parse(ref reader));
            else if (id == 3) rows = reader.Int64(type);
            else reader.Skip(type);
        }
        reader.Leave(outer);
        return new ParquetGroup(rows, chunks);
    }
}
