using System.Text;
using AlignSharp.Data.Faults;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

public sealed class ArrowRowsTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, CompressionCodecType.Zstd)]
    [InlineData(true, CompressionCodecType.Lz4Frame)]
    public void Typed_values_become_json_in_both_forms(bool isFile, CompressionCodecType? codec)
    {
        string[] expected =
        [
            """1:{"s":"é","large":"x","i":-1,"u":255,"f":1.0,"d":0.1,"h":2.0,"b":true,"day":"1969-12-31","at":"2026-01-02T03:04:05.000006Z","local":"1970-01-01T00:00:01","t":"00:00:01.5","dec":-12.34,"list":[1,null],"rec":{"role":"user","n":null},"dict":"two","bin":"raw","nothing":null}""",
            """2:{"s":null,"large":"","i":9007199254740993,"u":0,"f":null,"d":null,"h":-0.5,"b":null,"day":null,"at":null,"local":"1969-12-31T23:59:59","t":"23:59:59","dec":0.05,"list":[],"rec":null,"dict":"one","bin":"","nothing":null}""",
            """3:{"s":"","large":null,"i":null,"u":1,"f":-0.5,"d":3.0,"h":null,"b":false,"day":"2026-02-28","at":"2026-01-02T00:00:00Z","local":null,"t":null,"dec":null,"list":null,"rec":{"role":null,"n":3},"dict":null,"bin":null,"nothing":null}""",
        ];
        Assert.Equal(expected, FormatFolder.Read(Write(isFile, codec)));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_fault_of_their_row()
    {
        var field = new Field("b", BinaryType.Default, nullable: true);
        var path = Save(new Schema([field], null), [new BinaryArray.Builder().Append([0xFF]).Append("a"u8).Build()], 2, isFile: false, null);
        Assert.StartsWith(":1: field 'b' has 1 bytes that are no UTF-8 text", FormatFolder.Fault(path), StringComparison.Ordinal);
        Assert.Equal(["2:{\"b\":\"a\"}"], FormatFolder.Read(path, 0, _ => { }));
    }

    [Fact]
    public void Other_files_under_the_name_are_refused()
    {
        foreach (var text in new[] { "", "ARROW1", "version https://git-lfs.github.com/spec/v1\n", "{\"a\":1}\n{\"a\":2}\n" })
            Assert.Contains("does not begin as an Arrow file does", FormatFolder.Fault(_folder.Write("b.arrow", text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_cut_off_is_called_so(bool isFile)
    {
        var bytes = File.ReadAllBytes(Write(isFile, null));
        foreach (var length in new[] { 9, 40, bytes.Length / 2, bytes.Length - 100, bytes.Length - 3 })
            Assert.Contains("damaged or cut off", FormatFolder.Fault(_folder.Write("b.arrow", bytes[..length])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, CompressionCodecType.Zstd)]
    public void Any_damage_gives_rows_or_our_exception_in_bounded_memory(bool isFile, CompressionCodecType? codec)
    {
        var random = new Random(8);
        var whole = File.ReadAllBytes(Write(isFile, codec));
        for (var i = 0; i < 1_000; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var hits = random.Next(1, 4); hits > 0; hits--) bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Record.Exception(() => FormatFolder.Read(_folder.Write("b.arrow", bytes)));
            if (error is not null) Assert.IsType<DatasetException>(error);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L << 20);
        }
    }

    private string Write(bool isFile, CompressionCodecType? codec)
    {
        var item = new ListType(new Field("item", Int32Type.Default, nullable: true));
        var record = new StructType([new Field("role", StringType.Default, nullable: true), new Field("n", Int8Type.Default, nullable: true)]);
        var numbers = new ListArray.Builder(Int32Type.Default);
        ((Int32Array.Builder)numbers.Append().ValueBuilder).Append(1).AppendNull();
        numbers.Append().AppendNull();
        var columns = new (string Name, IArrowType Type, IArrowArray Values)[]
        {
            ("s", StringType.Default, new StringArray.Builder().Append("é").AppendNull().Append("").Build()),
            ("large", LargeStringType.Default, LargeText("x")),
            ("i", Int64Type.Default, new Int64Array.Builder().Append(-1).Append(9007199254740993).AppendNull().Build()),
            ("u", UInt8Type.Default, new UInt8Array.Builder().Append(255).Append(0).Append(1).Build()),
            ("f", FloatType.Default, new FloatArray.Builder().Append(1).Append(float.NaN).Append(-0.5f).Build()),
            ("d", DoubleType.Default, new DoubleArray.Builder().Append(0.1).Append(double.NegativeInfinity).Append(3).Build()),
            ("h", HalfFloatType.Default, new HalfFloatArray.Builder().Append((Half)2).Append((Half)(-0.5)).AppendNull().Build()),
            ("b", BooleanType.Default, new BooleanArray.Builder().Append(true).AppendNull().Append(false).Build()),
            ("day", Date32Type.Default, new Date32Array.Builder().Append(new DateOnly(1969, 12, 31)).AppendNull().Append(new DateOnly(2026, 2, 28)).Build()),
            ("at", new TimestampType(TimeUnit.Microsecond, "UTC"), Moments(new TimestampType(TimeUnit.Microsecond, "UTC"), 1_767_323_045_000_006, null, 1_767_312_000_000_000)),
            ("local", new TimestampType(TimeUnit.Second, (string?)null), Moments(new TimestampType(TimeUnit.Second, (string?)null), 1, -1, null)),
            ("t", new Time32Type(TimeUnit.Millisecond), new Time32Array.Builder(TimeUnit.Millisecond).Append(1_500).Append(86_399_000).AppendNull().Build()),
            ("dec", new Decimal128Type(10, 2), new Decimal128Array.Builder(new Decimal128Type(10, 2)).Append(-12.34m).Append(0.05m).AppendNull().Build()),
            ("list", item, numbers.Build()),
            ("rec", record, new StructArray(record, 3, [new StringArray.Builder().Append("user").AppendNull().AppendNull().Build(), new Int8Array.Builder().AppendNull().AppendNull().Append(3).Build()], new ArrowBuffer.BitmapBuilder().Append(true).Append(false).Append(true).Build(), 1)),
            ("dict", new DictionaryType(Int8Type.Default, StringType.Default, false), new DictionaryArray(new DictionaryType(Int8Type.Default, StringType.Default, false), new Int8Array.Builder().Append(1).Append(0).AppendNull().Build(), new StringArray.Builder().Append("one").Append("two").Build())),
            ("bin", BinaryType.Default, new BinaryArray.Builder().Append("raw"u8).Append(ReadOnlySpan<byte>.Empty).AppendNull().Build()),
            ("nothing", NullType.Default, new NullArray(3)),
        };
        return Save(new Schema(columns.Select(column => new Field(column.Name, column.Type, nullable: true)), null), columns.Select(column => column.Values), 3, isFile, codec);
    }

    private string Save(Schema schema, IEnumerable<IArrowArray> columns, int rows, bool isFile, CompressionCodecType? codec)
    {
        using var file = File.Create(_folder.File("a.arrow"));
        var options = new IpcOptions { CompressionCodec = codec, CompressionCodecFactory = codec is null ? null : new CompressionCodecFactory() };
        using var writer = isFile ? new ArrowFileWriter(file, schema, leaveOpen: true, options) : new ArrowStreamWriter(file, schema, leaveOpen: true, options);
        writer.WriteRecordBatch(new RecordBatch(schema, columns, rows));
        writer.WriteEnd();
        return _folder.File("a.arrow");
    }

    private static TimestampArray Moments(TimestampType type, params long?[] values)
    {
        var (numbers, valid) = (new ArrowBuffer.Builder<long>(), new ArrowBuffer.BitmapBuilder());
        foreach (var value in values)
        {
            numbers.Append(value ?? 0);
            valid.Append(value.HasValue);
        }
        return new TimestampArray(type, numbers.Build(), valid.Build(), values.Length, valid.UnsetBitCount, 0);
    }

    // "x", "" and null.
    private static LargeStringArray LargeText(string first) => new(new ArrayData(LargeStringType.Default, 3, 1, 0,
        [new ArrowBuffer.BitmapBuilder().Append(true).Append(true).Append(false).Build(), new ArrowBuffer.Builder<long>().AppendRange([0, first.Length, first.Length, first.Length]).Build(), new ArrowBuffer(Encoding.UTF8.GetBytes(first))]));
}
