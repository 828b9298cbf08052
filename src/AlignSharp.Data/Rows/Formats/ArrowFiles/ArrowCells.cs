using System.Numerics;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;

namespace AlignSharp.Data.Rows.Formats.ArrowFiles;

/// <summary>Makes what writes an array's values as JSON, by the array's type.</summary>
internal static class ArrowCells
{
    // Arrays nest as the schema does.
    private const int MaxDepth = 32;

    /// <summary>Writes the value at an index.</summary>
    public delegate void Cell(Utf8JsonWriter json, int index);

    /// <exception cref="NotSupportedException">The type has no JSON.</exception>
    public static Cell For(IArrowArray array, string path, int depth = 0)
    {
        if (depth > MaxDepth) throw new NotSupportedException($"field '{path}' nests too deeply");
        if (array is NullArray) return (json, _) => json.WriteNullValue();
        if (array is ExtensionArray extension) return For(extension.Storage, path, depth + 1);
        var write = Value(array, path, depth);
        return (json, index) =>
        {
            if (array.IsNull(index)) json.WriteNullValue();
            else write(json, index);
        };
    }

    /// <summary>The names of fields, which must differ.</summary>
    public static JsonEncodedText[] Names(IEnumerable<Field> fields)
    {
        var names = fields.Select(field => field.Name).ToArray();
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? [.. names.Select(name => JsonEncodedText.Encode(name))]
            : throw new NotSupportedException($"two fields are named alike ({string.Join(", ", names)})");
    }

    private static Cell Value(IArrowArray array, string path, int depth) => array switch
    {
        StringArray texts => (json, i) => JsonValue.WriteText(json, texts.GetBytes(i), path),
        BinaryArray bytes => (json, i) => JsonValue.WriteText(json, bytes.GetBytes(i), path),
        LargeStringArray texts => (json, i) => JsonValue.WriteText(json, texts.GetBytes(i), path),
        LargeBinaryArray bytes => (json, i) => JsonValue.WriteText(json, bytes.GetBytes(i), path),
        BinaryViewArray views => (json, i) => JsonValue.WriteText(json, views.GetBytes(i), path),
        BooleanArray booleans => (json, i) => json.WriteBooleanValue(booleans.GetValue(i)!.Value),
        DictionaryArray dictionary => Dictionary(dictionary, path, depth),
        MapArray map => Map(map, path, depth),
        ListArray list => List(list.Values, i => (list.ValueOffsets[i], list.ValueOffsets[i + 1]), path, depth),
        LargeListArray list => List(list.Values, i => (list.ValueOffsets[i], list.ValueOffsets[i + 1]), path, depth),
        ListViewArray list => List(list.Values, i => (list.ValueOffsets[i], (long)list.ValueOffsets[i] + list.Sizes[i]), path, depth),
        FixedSizeListArray list => FixedList(list, path, depth),
        StructArray record => Struct(record, path, depth),
        _ => Number(array) ?? Time(array, path) ?? Decimal(array) ?? Bytes(array, path),
    };

    private static Cell? Number(IArrowArray array) => array switch
    {
        Int8Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        Int16Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        Int32Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        Int64Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        UInt8Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        UInt16Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        UInt32Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        UInt64Array values => (json, i) => json.WriteNumberValue(values.Values[i]),
        HalfFloatArray values => (json, i) => JsonValue.Write(json, (float)values.Values[i]),
        FloatArray values => (json, i) => JsonValue.Write(json, values.Values[i]),
        DoubleArray values => (json, i) => JsonValue.Write(json, values.Values[i]),
        DurationArray values => (json, i) => json.WriteNumberValue(values.Values[i]),
        _ => null,
    };

    private static Cell? Time(IArrowArray array, string path) => array switch
    {
        Date32Array values => (json, i) => JsonValue.WriteDate(json, values.Values[i], path),
        Date64Array values => (json, i) => JsonValue.WriteDate(json, Math.DivRem(values.Values[i], 86_400_000L).Quotient, path),
        Time32Array values => TimeOfDay(i => values.Values[i], Scale(((Time32Type)values.Data.DataType).Unit), path),
        Time64Array values => TimeOfDay(i => values.Values[i], Scale(((Time64Type)values.Data.DataType).Unit), path),
        TimestampArray values => Timestamp(values, (TimestampType)values.Data.DataType, path),
        _ => null,
    };

    private static Cell TimeOfDay(Func<int, long> values, int scale, string path) => (json, i) => JsonValue.WriteTime(json, values(i), scale, path);

    private static Cell Timestamp(TimestampArray values, TimestampType type, string path)
    {
        var (scale, isUtc) = (Scale(type.Unit), type.IsTimeZoneAware);
        return (json, i) => JsonValue.WriteTimestamp(json, values.Values[i], scale, isUtc, path);
    }

    private static int Scale(TimeUnit unit) => unit switch { TimeUnit.Second => 0, TimeUnit.Millisecond => 3, TimeUnit.Microsecond => 6, _ => 9 };

    private static Cell? Decimal(IArrowArray array) => array switch
    {
        Decimal32Array values => Digits(values, values.Scale),
        Decimal64Array values => Digits(values, values.Scale),
        Decimal128Array values => Digits(values, values.Scale),
        Decimal256Array values => Digits(values, values.Scale),
        _ => null,
    };

    private static Cell Digits(FixedSizeBinaryArray values, int scale) => (json, i) => JsonValue.WriteDecimal(json, new BigInteger(values.GetBytes(i)), scale);

    private static Cell Bytes(IArrowArray array, string path) => array is FixedSizeBinaryArray values
        ? (json, i) => JsonValue.WriteText(json, values.GetBytes(i), path)
        : throw new NotSupportedException($"field '{path}' is of the type {array.Data.DataType.Name}, which has no JSON");

    private static Cell Dictionary(DictionaryArray array, string path, int depth)
    {
        var (value, count) = (For(array.Dictionary, path, depth + 1), array.Dictionary.Length);
        var index = Index(array.Indices, path);
        return (json, i) => value(json, index(i) is >= 0 and var at && at < count ? (int)at : throw new EndOfStreamException($"field '{path}' points outside its dictionary"));
    }

    private static Func<int, long> Index(IArrowArray indices, string path) => indices switch
    {
        Int8Array values => i => values.Values[i],
        Int16Array values => i => values.Values[i],
        Int32Array values => i => values.Values[i],
        Int64Array values => i => values.Values[i],
        UInt8Array values => i => values.Values[i],
        UInt16Array values => i => values.Values[i],
        UInt32Array values => i => values.Values[i],
        _ => throw new NotSupportedException($"field '{path}' has a dictionary with indices of the type {indices.Data.DataType.Name}"),
    };

    private static Cell Struct(StructArray array, string path, int depth)
    {
        var names = Names(((StructType)array.Data.DataType).Fields);
        var cells = array.Fields.Select((field, i) => For(field, $"{path}.{names[i].Value}", depth + 1)).ToArray();
        return (json, index) =>
        {
            json.WriteStartObject();
            for (var i = 0; i < cells.Length; i++)
            {
                json.WritePropertyName(names[i]);
                cells[i](json, index);
            }
            json.WriteEndObject();
        };
    }

    private static Cell FixedList(FixedSizeListArray array, string path, int depth)
    {
        long size = ((FixedSizeListType)array.Data.DataType).ListSize;
        return List(array.Values, i => ((array.Offset + i) * size, (array.Offset + i + 1) * size), path, depth);
    }

    private static Cell List(IArrowArray values, Func<int, (long Start, long End)> range, string path, int depth)
    {
        var element = For(values, path, depth + 1);
        return (json, index) =>
        {
            json.WriteStartArray();
            var (start, end) = Within(range(index), values.Length, path);
            for (var i = start; i < end; i++)
            {
                element(json, i);
                RequireShort(json, path);
            }
            json.WriteEndArray();
        };
    }

    private static Cell Map(MapArray array, string path, int depth)
    {
        var (key, value) = (For(array.Keys, path, depth + 1), For(array.Values, path, depth + 1));
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return (json, index) =>
        {
            json.WriteStartObject();
            keys.Clear();
            var (start, end) = Within((array.ValueOffsets[index], array.ValueOffsets[index + 1]), array.KeyValues.Length, path);
            for (var i = start; i < end; i++)
            {
                var name = KeyText(key, i);
                if (!keys.Add(name)) throw new InvalidDataException($"field '{path}' has the key '{name}' twice");
                json.WritePropertyName(name);
                value(json, i);
                RequireShort(json, path);
            }
            json.WriteEndObject();
        };
    }

    // A key is rarely long; it goes through JSON so that every type of key has the text that it has as a value.
    private static string KeyText(Cell key, int index)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) key(json, index);
        using var document = JsonDocument.Parse(bytes.ToArray());
        return document.RootElement.ToString();
    }

    private static (int Start, int End) Within((long Start, long End) range, int count, string path) => range.Start >= 0 && range.Start <= range.End && range.End <= count
        ? ((int)range.Start, (int)range.End)
        : throw new EndOfStreamException($"field '{path}' has a list that reaches outside its values");

    // Lists may overlap, so that a small file could tell of an endless row.
    private static void RequireShort(Utf8JsonWriter json, string path)
    {
        if (json.BytesCommitted + json.BytesPending > LineReader.MaxBytes) throw new InvalidDataException($"field '{path}' makes the row longer than {LineReader.MaxBytes >> 20} MiB");
    }
}
