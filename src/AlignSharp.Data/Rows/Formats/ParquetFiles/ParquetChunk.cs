namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>A column's part of a row group.</summary>
/// <param name="Codec">Its compression, numbered as in the format.</param>
/// <param name="Values">Its values, nulls and empty lists counted.</param>
/// <param name="Offset">Where its first page begins in the file.</param>
internal sealed record ParquetChunk(int Codec, long Values, long Offset)
{
    public static ParquetChunk Parse(ref ThriftReader reader)
    {
        ParquetChunk? chunk = null;
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            if (id == 1) throw new NotSupportedException("the columns lie in other files");
            if (id is 8 or 9) throw new NotSupportedException("a column is encrypted");
            if (id == 3 && type == ThriftType.Struct) chunk = ParseMetadata(ref reader);
            else reader.Skip(type);
        }
        reader.Leave(outer);
        return chunk ?? throw new InvalidDataException("a column has no metadata");
    }

    private static ParquetChunk ParseMetadata(ref ThriftReader reader)
    {
        var (codec, values) = (0, 0L);
        // Some writers put 0 where a kind of page is absent.
        var offset = long.MaxValue;
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            switch (id)
            {
                case 4: codec = reader.Int32(type); break;
                case 5: values = reader.Int64(type); break;
                case 9 or 11: offset = reader.Int64(type) is not 0 and var start ? Math.Min(offset, start) : offset; break;
                default: reader.Skip(type); break;
            }
        }
        reader.Leave(outer);
        return new ParquetChunk(codec, values, offset);
    }
}
