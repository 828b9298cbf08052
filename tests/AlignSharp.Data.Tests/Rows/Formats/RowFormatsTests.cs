using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Formats;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

public sealed class RowFormatsTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train.jsonl", "JSON, an object a line")]
    [InlineData("a/train.NDJSON", "JSON, an object a line")]
    [InlineData("train.json.zst", "JSON, an array of rows or an object of columns, zstd")]
    [InlineData("x.y.csv.gz", "comma-separated text, gzip")]
    [InlineData("x.tsv.ZSTD", "tab-separated text, zstd")]
    [InlineData("x.parquet", "Parquet")]
    [InlineData("x.arrow", "Arrow IPC")]
    [InlineData("x.parquet.gz", null)]
    [InlineData("x.gz", null)]
    [InlineData("x.txt", null)]
    [InlineData("jsonl", null)]
    [InlineData("README.md", null)]
    public void An_ending_names_the_format(string path, string? name)
    {
        Assert.Equal(name, RowFormats.NameOf(path));
        Assert.Equal(name is not null, RowFormats.IsData(path));
    }

    [Fact]
    public void All_endings_are_data_and_compound_ones_are_among_them()
    {
        Assert.All(RowFormats.Endings, ending => Assert.True(RowFormats.IsData("a" + ending)));
        Assert.Contains(".jsonl.gz", RowFormats.Endings);
        Assert.Contains(".csv.zst", RowFormats.Endings);
        Assert.Equal(7 + 5 * 3, RowFormats.Endings.Count);
    }

    [Fact]
    public void A_missing_file_and_an_unknown_format_show_at_the_call()
    {
        Assert.Contains("does not exist", Assert.Throws<ConfigurationException>(() => RowFormats.Read(_folder.File("none.parquet"))).Message, StringComparison.Ordinal);
        Assert.Contains("convert it to .jsonl", Assert.Throws<ConfigurationException>(() => RowFormats.Read(_folder.Write("a.xlsx", ""))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.ndjson.gz")]
    [InlineData("a.json")]
    [InlineData("a.json.zst")]
    [InlineData("a.csv")]
    [InlineData("a.tsv.zstd")]
    [InlineData("a.parquet")]
    [InlineData("a.arrow")]
    public void Skipping_rows_gives_the_rest_with_their_numbers(string name)
    {
        // More than one row group or record batch.
        var path = _folder.WriteRows(name, [.. Enumerable.Range(0, 10_000).Select(i => $$"""{"t":"text {{i}}"}""")]);
        var all = FormatFolder.Read(path);
        Assert.Equal(10_000, all.Length);
        foreach (var skip in new[] { 1, 4095, 4096, 4097, 9_999, 10_000, 20_000 }) Assert.Equal(all.Skip(skip), FormatFolder.Read(path, skip));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"t\":1}\nno\n[2]\n\n{\"t\":4}", new[] { 2, 3 }, new[] { 1, 5 })]
    [InlineData("a.json", "[{\"t\":1}, 2, {\"t\":1,\"t\":2}, {\"t\":4}]", new[] { 2, 3 }, new[] { 1, 4 })]
    [InlineData("a.csv", "t,u\n1,2\n1\n1,2,3\n\"a\nb\",4\na\"b,5\n6,7\n", new[] { 3, 4, 7 }, new[] { 2, 5, 8 })]
    public void Bad_rows_are_reported_and_passed_over_on_request(string name, string text, int[] bad, int[] good)
    {
        var path = _folder.Write(name, text);
        List<string> reported = [];
        Assert.Equal(good, RowFormats.Read(path, 0, fault => reported.Add(fault.Message)).Select(row => row.Source.Row));
        Assert.Equal(bad.Length, reported.Count);
        Assert.All(bad.Zip(reported), pair => Assert.StartsWith($"{path}:{pair.First}: ", pair.Second, StringComparison.Ordinal));
        Assert.StartsWith($"{path}:{bad[0]}: ", Assert.Throws<DatasetException>(() => FormatFolder.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_whole_file_is_thrown_in_any_case()
    {
        var bytes = FormatFolder.Compressed("a.gz", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{{\"t\":{i}}}\n"))));
        File.WriteAllBytes(_folder.File("a.jsonl.gz"), bytes[..(bytes.Length / 2)]);
        Assert.Throws<DatasetException>(() => FormatFolder.Read(_folder.File("a.jsonl.gz"), 0, _ => { }));
    }

    [Theory]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    [InlineData("a.csv")]
    public void A_corpus_is_read_from_every_format(string name) =>
        Assert.Equal(name == "a.csv" ? ["one", "two"] : ["t\none\ntwo\n"], TextFiles.Corpus(_folder.Write(name, "t\none\ntwo\n")));

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    [InlineData(".zstd")]
    public void Compressed_files_that_are_cut_off_or_damaged_are_named(string wrapper)
    {
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"{{\"t\":\"{random.NextInt64()}\"}}\n"));
        foreach (var name in new[] { "a.jsonl", "a.json", "a.csv" })
        {
            var whole = FormatFolder.Compressed(wrapper, Encoding.UTF8.GetBytes(name switch { "a.json" => $"[{text.Replace("}\n", "},", StringComparison.Ordinal).TrimEnd(',')}]", "a.csv" => "t\n" + text.Replace('"', ' '), _ => text }));
            foreach (var length in new[] { 1, 5, 20, whole.Length / 2, whole.Length - 1 })
            {
                File.WriteAllBytes(_folder.File(name + wrapper), whole[..length]);
                Assert.Contains("damaged or cut off", FormatFolder.Fault(_folder.File(name + wrapper)), StringComparison.Ordinal);
            }
            whole[whole.Length / 2] ^= 0x55;
            File.WriteAllBytes(_folder.File(name + wrapper), whole);
            Assert.Throws<DatasetException>(() => FormatFolder.Read(_folder.File(name + wrapper)));
        }
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void A_decompression_bomb_ends_at_the_longest_line(string wrapper)
    {
        // 256 MiB of one letter.
        using (var target = File.Create(_folder.File("a.jsonl" + wrapper)))
        using (var compressing = wrapper == ".gz" ? (Stream)new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest) : new ZstdSharp.CompressionStream(target))
        {
            var block = new byte[1 << 20];
            Array.Fill(block, (byte)'a');
            for (var i = 0; i < 256; i++) compressing.Write(block);
        }
        Assert.InRange(new FileInfo(_folder.File("a.jsonl" + wrapper)).Length, 1, 4_000_000);
        File.Copy(_folder.File("a.jsonl" + wrapper), _folder.File("a.csv" + wrapper));
        File.Copy(_folder.File("a.jsonl" + wrapper), _folder.File("a.json" + wrapper));
        AssertBounded("a.jsonl" + wrapper, "64 MiB");
        AssertBounded("a.csv" + wrapper, "64 MiB");
        AssertBounded("a.json" + wrapper, "neither an array nor an object");
    }

    private void AssertBounded(string name, string expected)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, FormatFolder.Fault(_folder.File(name)), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L << 20);
    }
}
