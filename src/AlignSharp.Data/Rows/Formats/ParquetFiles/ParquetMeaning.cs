using Parquet.Meta;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>What the stored values of a column, or a group, mean.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="Scale">Decimal places of a decimal; of a time its unit: 3 for milliseconds, 6, or 9.</param>
/// <param name="IsUtc">Whether a timestamp is a moment in UTC, not a clock's reading.</param>
internal readonly record struct ParquetMeaning(MeaningKind Kind, int Scale = 0, bool IsUtc = false)
{
    /// <summary>No meaning beyond the stored type.</summary>
    public static ParquetMeaning Plain { get; } = new(MeaningKind.Plain);

    /// <summary>The meaning as files before 2018 say it, and newer ones beside the logical type.</summary>
    public static ParquetMeaning OfConverted(ConvertedType type) => type switch
    {
        ConvertedType.UTF8 or ConvertedType.ENUM or ConvertedType.JSON => new(MeaningKind.Text),
        ConvertedType.LIST => new(MeaningKind.List),
        ConvertedType.MAP or ConvertedType.MAP_KEY_VALUE => new(MeaningKind.Map),
        ConvertedType.DECIMAL => new(MeaningKind.Decimal),
        ConvertedType.DATE => new(MeaningKind.Date),
        ConvertedType.TIME_MILLIS => new(MeaningKind.Time, 3),
        ConvertedType.TIME_MICROS => new(MeaningKind.Time, 6),
        ConvertedType.TIMESTAMP_MILLIS => new(MeaningKind.Timestamp, 3, IsUtc: true),
        ConvertedType.TIMESTAMP_MICROS => new(MeaningKind.Timestamp, 6, IsUtc: true),
        ConvertedType.UINT_8 or ConvertedType.UINT_16 or ConvertedType.UINT_32 or ConvertedType.UINT_64 => new(MeaningKind.Unsigned),
        ConvertedType.INTERVAL or ConvertedType.BSON => new(MeaningKind.Unsupported),
        _ => Plain,
    };

    /// <summary>The logical type, a union.</summary>
    public static ParquetMeaning ParseLogical(ref ThriftReader reader)
    {
        var meaning = Plain;
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            meaning = id switch
            {
                1 or 4 or 12 => new(MeaningKind.Text),
                2 => new(MeaningKind.Map),
                3 => new(MeaningKind.List),
                5 => new(MeaningKind.Decimal),
                6 => new(MeaningKind.Date),
                7 or 8 => ParseTime(ref reader, type, id == 7 ? MeaningKind.Time : MeaningKind.Timestamp),
                10 => ParseInteger(ref reader, type),
                11 => Plain,
                14 => new(MeaningKind.Uuid),
                15 => new(MeaningKind.Half),
                _ => new(MeaningKind.Unsupported),
            };
            if (id is not (7 or 8 or 10)) reader.Skip(type);
        }
        reader.Leave(outer);
        return meaning;
    }

    private static ParquetMeaning ParseTime(ref ThriftReader reader, ThriftType outerType, MeaningKind kind)
    {
        var (isUtc, scale) = (false, 6);
        RequireStruct(outerType);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            if (id == 1) isUtc = ThriftReader.Boolean(type);
            else if (id == 2) scale = ParseUnit(ref reader, type);
            else reader.Skip(type);
        }
        reader.Leave(outer);
        return new(kind, scale, isUtc);
    }

    // A union of three empty structs: milliseconds, microseconds, nanoseconds.
    private static int ParseUnit(ref ThriftReader reader, ThriftType outerType)
    {
        var scale = 6;
        RequireStruct(outerType);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            scale = 3 * id;
            reader.Skip(type);
        }
        reader.Leave(outer);
        return scale is 3 or 6 or 9 ? scale : throw new InvalidDataException("a time has an unknown unit");
    }

    private static ParquetMeaning ParseInteger(ref ThriftReader reader, ThriftType outerType)
    {
        var isSigned = true;
        RequireStruct(outerType);
        var outer = reader.Enter();
        while (reader.NextField(out var id, out var type))
        {
            if (id == 2) isSigned = ThriftReader.Boolean(type);
            else reader.Skip(type);
        }
        reader.Leave(outer);
        return isSigned ? Plain : new(MeaningKind.Unsigned);
    }

    private static void RequireStruct(ThriftType type)
    {
        if (type != ThriftType.Struct) throw new InvalidDataException("a logical type is no struct");
    }
}
