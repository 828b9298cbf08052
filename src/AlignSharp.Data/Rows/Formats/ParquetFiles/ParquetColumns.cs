using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Physical = Parquet.Meta.Type;

namespace AlignSharp.Data.Rows.Formats.ParquetFiles;

/// <summary>Makes the column for a leaf of the schema. The library reads stored types only; what they mean is said here.</summary>
internal static class ParquetColumns
{
    /// <exception cref="NotSupportedException">The column is of a type that has no JSON.</exception>
    public static ParquetColumn Create(ParquetLeaf leaf) => leaf.Element.Type switch
    {
        Physical.BOOLEAN when leaf.Kind == MeaningKind.Plain => new ParquetColumnOf<bool>(leaf, (json, value) => json.WriteBooleanValue(value)),
        Physical.INT32 => new ParquetColumnOf<int>(leaf, Int32(leaf)),
        Physical.INT64 => new ParquetColumnOf<long>(leaf, Int64(leaf)),
        // Dates of old writers, which the library alone knows to read: in units of 100 nanoseconds.
        Physical.INT96 when leaf.Kind == MeaningKind.Plain => new ParquetColumnOf<DateTime>(leaf, (json, value) => JsonValue.WriteTimestamp(json, value.Ticks - DateTime.UnixEpoch.Ticks, 7, isUtc: false, leaf.Path)),
        Physical.FLOAT when leaf.Kind == MeaningKind.Plain => new ParquetColumnOf<float>(leaf, JsonValue.Write),
        Physical.DOUBLE when leaf.Kind == MeaningKind.Plain => new ParquetColumnOf<double>(leaf, JsonValue.Write),
        Physical.BYTE_ARRAY => new ParquetColumnOf<ReadOnlyMemory<byte>>(leaf, Bytes(leaf)),
        Physical.FIXED_LEN_BYTE_ARRAY when leaf.Element.TypeLength > 0 => new ParquetColumnOf<ReadOnlyMemory<byte>>(leaf, Bytes(leaf)),
        _ => throw Unsupported(leaf),
    };

    private static Action<Utf8JsonWriter, int> Int32(ParquetLeaf leaf)
    {
        var (path, scale) = (leaf.Path, leaf.Element.Meaning.Scale);
        return leaf.Kind switch
        {
            MeaningKind.Plain => (json, value) => json.WriteNumberValue(value),
            MeaningKind.Unsigned => (json, value) => json.WriteNumberValue((uint)value),
            MeaningKind.Date => (json, value) => JsonValue.WriteDate(json, value, path),
            MeaningKind.Time => (json, value) => JsonValue.WriteTime(json, value, scale, path),
            MeaningKind.Decimal => (json, value) => JsonValue.WriteDecimal(json, value, scale),
            _ => throw Unsupported(leaf),
        };
    }

    private static Action<Utf8JsonWriter, long> Int64(ParquetLeaf leaf)
    {
        var (path, meaning) = (leaf.Path, leaf.Element.Meaning);
        return leaf.Kind switch
        {
            MeaningKind.Plain => (json, value) => json.WriteNumberValue(value),
            MeaningKind.Unsigned => (json, value) => json.WriteNumberValue((ulong)value),
            MeaningKind.Timestamp => (json, value) => JsonValue.WriteTimestamp(json, value, meaning.Scale, meaning.IsUtc, path),
            MeaningKind.Time => (json, value) => JsonValue.WriteTime(json, value, meaning.Scale, path),
            MeaningKind.Decimal => (json, value) => JsonValue.WriteDecimal(json, value, meaning.Scale),
            _ => throw Unsupported(leaf),
        };
    }

    private static Action<Utf8JsonWriter, ReadOnlyMemory<byte>> Bytes(ParquetLeaf leaf)
    {
        var (path, scale, length) = (leaf.Path, leaf.Element.Meaning.Scale, leaf.Element.Type == Physical.BYTE_ARRAY ? -1 : leaf.Element.TypeLength);
        return leaf.Kind switch
        {
            MeaningKind.Plain or MeaningKind.Text => (json, value) => JsonValue.WriteText(json, value.Span, path),
            MeaningKind.Decimal => (json, value) => JsonValue.WriteDecimal(json, new BigInteger(value.Span, isBigEndian: true), scale),
            MeaningKind.Uuid when length == 16 => (json, value) => json.WriteStringValue(new Guid(value.Span, bigEndian: true)),
            MeaningKind.Half when length == 2 => (json, value) => JsonValue.Write(json, (float)BinaryPrimitives.ReadHalfLittleEndian(value.Span)),
            _ => throw Unsupported(leaf),
        };
    }

    private static NotSupportedException Unsupported(ParquetLeaf leaf) => new($"column '{leaf.Path}' is of a type that has no JSON ({leaf.Element.Type}, {leaf.Kind})");
}
