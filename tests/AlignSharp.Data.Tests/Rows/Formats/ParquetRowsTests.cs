using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats.ParquetFiles;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

public sealed class ParquetRowsTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Typed_values_become_json()
    {
        var path = Write(
            ParquetSample.Of<int>(new DataField<int>("i32"), -5, int.MaxValue),
            ParquetSample.Of<uint>(new DataField<uint>("u32"), 7u, uint.MaxValue),
            ParquetSample.Of<long>(new DataField<long>("i64"), long.MinValue, 9007199254740993),
            ParquetSample.Of<ulong>(new DataField<ulong>("u64"), 0ul, ulong.MaxValue),
            ParquetSample.Of<short>(new DataField<short>("i16"), -3, 3),
            ParquetSample.Of<bool>(new DataField<bool>("b"), true, false),
            ParquetSample.Of<float>(new DataField<float>("f"), 1f, float.NaN),
            ParquetSample.Of<double>(new DataField<double>("d"), 0.1, double.PositiveInfinity),
            ParquetSample.Of<decimal>(new DecimalDataField("dec", 10, 2), -12.34m, 0.05m),
            ParquetSample.Of<decimal>(new DecimalDataField("big", 38, 6), 123456789012345678.5m, 0m),
            ParquetSample.Of<DateTime>(new DateTimeDataField("date", DateTimeFormat.Date), new DateTime(1969, 12, 31, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 2, 28, 0, 0, 0, DateTimeKind.Utc)),
            ParquetSample.Of<DateTime>(new DateTimeDataField("ms", DateTimeFormat.DateAndTime), new DateTime(2026, 1, 2, 3, 4, 5, 60, DateTimeKind.Utc), new DateTime(1960, 1, 1, 0, 0, 0, 500, DateTimeKind.Utc)),
            ParquetSample.Of<DateTime>(new DateTimeDataField("us", DateTimeFormat.Timestamp, isAdjustedToUTC: false, unit: DateTimeTimeUnit.Micros), new DateTime(2026, 1, 2, 3, 4, 5, 60, DateTimeKind.Utc), new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
            ParquetSample.Of<DateTime>(new DateTimeDataField("int96", DateTimeFormat.Impala), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
            ParquetSample.Of<Guid>(new DataField<Guid>("id"), new Guid("00112233-4455-6677-8899-aabbccddeeff"), Guid.Empty));
        string[] expected =
        [
            """1:{"i32":-5,"u32":7,"i64":-9223372036854775808,"u64":0,"i16":-3,"b":true,"f":1.0,"d":0.1,"dec":-12.34,"big":123456789012345678.500000,"date":"1969-12-31","ms":"2026-01-02T03:04:05.06Z","us":"2026-01-02T03:04:05.06","int96":"2026-01-02T03:04:05","id":"00112233-4455-6677-8899-aabbccddeeff"}""",
            """2:{"i32":2147483647,"u32":4294967295,"i64":9007199254740993,"u64":18446744073709551615,"i16":3,"b":false,"f":null,"d":null,"dec":0.05,"big":0.000000,"date":"2026-02-28","ms":"1960-01-01T00:00:00.5Z","us":"2026-01-02T00:00:00","int96":"1970-01-01T00:00:00","id":"00000000-0000-0000-0000-000000000000"}""",
        ];
        Assert.Equal(expected, FormatFolder.Read(path));
    }

    [Fact]
    public void Bytes_are_text_or_a_fault_of_their_row()
    {
        var path = Write(ParquetSample.Bytes("b", Encoding.UTF8.GetBytes("é"), [0xFF, 0xFE], []));
        Assert.Equal(":2: field 'b' has 2 bytes that are no UTF-8 text; convert the column to text, or leave it out.", FormatFolder.Fault(path));
        List<string> reported = [];
        Assert.Equal(["1:{\"b\":\"é\"}", "3:{\"b\":\"\"}"], FormatFolder.Read(path, 0, fault => reported.Add(fault.Message)));
        Assert.Single(reported);
    }

    [Fact]
    public void Maps_become_objects_and_repeated_keys_are_faults_of_their_row()
    {
        var path = Write(ParquetSample.Maps("m"));
        List<string> reported = [];
        Assert.Equal(["1:{\"m\":{\"a\":1,\"b\":2}}", "2:{\"m\":{}}"], FormatFolder.Read(path, 0, fault => reported.Add(fault.Message)));
        Assert.Contains(":3: field 'm' has the key 'x' twice", Assert.Single(reported), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public void Every_usual_compression_is_read(CompressionMethod method)
    {
        var texts = Enumerable.Range(0, 3_000).Select(i => $"text {i % 100} {i}").ToArray();
        var path = Write(method, ParquetSample.Texts("t", texts));
        Assert.Equal(texts.Select((text, i) => $"{i + 1}:{{\"t\":\"{text}\"}}"), FormatFolder.Read(path));
    }

    [Theory]
    [InlineData(0, "0 bytes are no Parquet file")]
    [InlineData(8, "8 bytes are no Parquet file")]
    [InlineData(100, "the Parquet file is cut off")]
    [InlineData(-1, "the Parquet file is cut off")]
    public void A_file_that_is_cut_off_is_called_so(int length, string expected)
    {
        var bytes = File.ReadAllBytes(Good());
        Assert.Contains(expected, FormatFolder.Fault(_folder.Write("b.parquet", bytes[..(length < 0 ? bytes.Length + length : length)])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_footer_length_that_cannot_be_is_refused(int length)
    {
        var bytes = File.ReadAllBytes(Good());
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 8), length);
        Assert.Contains("the footer: the Parquet file is damaged", FormatFolder.Fault(_folder.Write("b.parquet", bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_under_the_name_are_refused()
    {
        Assert.Contains("is it of another format", FormatFolder.Fault(_folder.Write("b.parquet", "version https://git-lfs.github.com/spec/v1\n")), StringComparison.Ordinal);
        Assert.Contains("encrypted", FormatFolder.Fault(_folder.Write("b.parquet", "PARE.............PARE")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Zstd)]
    public void Any_damage_gives_rows_or_our_exception_in_bounded_memory(CompressionMethod method)
    {
        var random = new Random(6);
        var whole = File.ReadAllBytes(Good(method));
        for (var i = 0; i < 700; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                // Half of the hits in the metadata at the end.
                var at = random.Next(2) == 0 ? random.Next(bytes.Length) : bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 600));
                bytes[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Record.Exception(() => FormatFolder.Read(_folder.Write("b.parquet", bytes)));
            if (error is not null) Assert.IsType<DatasetException>(error);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600L << 20);
        }
    }

    [Fact]
    public void Pages_that_claim_more_than_there_can_be_are_refused_before_anything_is_allocated()
    {
        // type 0, uncompressed 2 GiB - 1, compressed 2 GiB - 1, data page header with 2 Gi - 1 values.
        byte[] huge = [0xFE, 0xFF, 0xFF, 0xFF, 0x0F];
        byte[] header = [0x15, 0x00, 0x15, .. huge, 0x15, .. huge, 0x2C, 0x15, .. huge, 0x15, 0x00, 0x15, 0x06, 0x15, 0x06, 0x00, 0x00];
        var parsed = PageHeader.Parse(header);
        Assert.Equal(int.MaxValue, parsed.UncompressedBytes);
        Assert.Equal(int.MaxValue, parsed.Values);
        var column = TextColumn();
        using var file = new MemoryStream([.. "PAR1"u8, .. header]);
        Assert.Throws<InvalidDataException>(() => new PageScan(file, file.Length).Measure(column, new ParquetChunk(0, 10, 4)));
        Assert.Throws<InvalidDataException>(() => new PageScan(file, file.Length).Measure(column, new ParquetChunk(0, long.MaxValue / 64, 4)));
        Assert.Throws<InvalidDataException>(() => new PageScan(file, file.Length).Measure(column, new ParquetChunk(0, 10, long.MaxValue)));
    }

    [Theory]
    [InlineData(new byte[] { 0x15 })]
    [InlineData(new byte[] { 0x15, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void Metadata_that_ends_early_is_noticed(byte[] bytes) => Assert.Throws<EndOfStreamException>(() => ParquetFooter.Parse(bytes));

    [Fact]
    public void Metadata_that_nests_without_end_is_noticed() => Assert.Throws<InvalidDataException>(() => ParquetFooter.Parse([.. Enumerable.Repeat((byte)0x1C, 100_000)]));

    private static ParquetColumn TextColumn() => AlignSharp.Data.Rows.Formats.ParquetFiles.ParquetColumns.Create(new ParquetLeaf(new ParquetElement
    {
        Name = "t",
        Type = Parquet.Meta.Type.BYTE_ARRAY,
        TypeLength = 0,
        Repetition = Parquet.Meta.FieldRepetitionType.REQUIRED,
        Children = 0,
        Meaning = new ParquetMeaning(MeaningKind.Text),
    }, "t", []));

    private string Good(CompressionMethod method = CompressionMethod.Snappy) => Write(method,
        ParquetSample.Texts("prompt", [.. Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? null : $"prompt {i % 7}")]),
        ParquetSample.Of(new DataField<long>("n"), [.. Enumerable.Range(0, 50).Select(i => (long)i)]),
        ParquetSample.OfNullable(new DataField<double?>("s"), [.. Enumerable.Range(0, 50).Select(i => i % 3 == 0 ? null : (double?)i)]));

    private string Write(params (Field Field, ParquetSample.Column[] Columns)[] fields) => Write(CompressionMethod.Snappy, fields);

    private string Write(CompressionMethod method, params (Field Field, ParquetSample.Column[] Columns)[] fields) => ParquetSample.Write(_folder.File("a.parquet"), method, fields);
}
