namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>The header of a page, read as strictly as the library that reads it again does not.</summary>
internal readonly record struct PageHeader
{
    /// <summary>0 data, 2 dictionary, 3 data of version 2.</summary>
    public required int Type { get; init; }

    public required int UncompressedBytes { get; init; }

    public required int CompressedBytes { get; init; }

    /// <summary>Values, nulls and empty lists counted.</summary>
    public required int Values { get; init; }

    /// <summary>How the values are encoded, numbered as in the format.</summary>
    public required int Encoding { get; init; }

    /// <summary>Bytes of the header itself.</summary>
    public required int Length { get; init; }

    /// <exception cref="InvalidDataException">The bytes are wrong.</exception>
    /// <exception cref="EndOfStreamException">The bytes end before the header does.</exception>
    public static PageHeader Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        var (kind, uncompressed, compressed, values, encoding) = (-1, -1, -1, -1, -1);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            switch (id)
            {
                case 1: kind = reader.Int32(type); break;
                case 2: uncompressed = reader.Int32(type); break;
                case 3: compressed = reader.Int32(type); break;
                case 4: reader.Int32(type); break;
                case 5 when kind is 0 or -1: (values, encoding) = ParseData(ref reader, type, integers: 4, encodingId: 2); break;
                case 7 when kind is 2 or -1: (values, encoding) = ParseData(ref reader, type, integers: 2, encodingId: 2); break;
                case 8 when kind is 3 or -1: (values, encoding) = ParseData(ref reader, type, integers: 6, encodingId: 4); break;
                default: throw new InvalidDataException($"a page's header has the unknown field {id}");
            }
        }
        if (kind is not (0 or 2 or 3)) throw new InvalidDataException($"a page has the unknown type {kind}");
        if (uncompressed < 0 || compressed < 0 || values < 0) throw new InvalidDataException("a page has no size or a negative one");
        return new PageHeader { Type = kind, UncompressedBytes = uncompressed, CompressedBytes = compressed, Values = values, Encoding = encoding, Length = reader.Position };
    }

    // All three headers begin with integers, the count of values first; flags and statistics follow.
    private static (int Values, int Encoding) ParseData(ref ThriftReader reader, ThriftType outerType, int integers, int encodingId)
    {
        if (outerType != ThriftType.Struct) throw new InvalidDataException("a page's header is no struct");
        var (values, encoding) = (-1, -1);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            var number = id <= integers ? reader.Int32(type) : 0;
            if (id <= 0 || number < 0) throw new InvalidDataException("a page's header has a negative number");
            if (id == 1) values = number;
            if (id == encodingId) encoding = number;
            if (id <= integers) continue;
            if (type == ThriftType.Struct) ParseStatistics(ref reader);
            else ThriftReader.Boolean(type);
        }
        reader.Leave(outer);
        return (values, encoding);
    }

    private static void ParseStatistics(ref ThriftReader reader)
    {
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            var isExpected = id switch { 1 or 2 or 5 or 6 => type == ThriftType.Binary, 3 or 4 => type == ThriftType.Int64, 7 or 8 => type is ThriftType.True or ThriftType.False, _ => type is not (ThriftType.Struct or ThriftType.List) };
            if (!isExpected) throw new InvalidDataException("a page's statistics have a value of the wrong type");
            reader.Skip(type);
        }
        reader.Leave(outer);
    }
}
