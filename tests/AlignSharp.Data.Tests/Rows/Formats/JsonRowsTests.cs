using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

public sealed class JsonRowsTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{\"t\":1}\n{\"t\":\"ab", "the last line is cut off")]
    [InlineData("{\"t\":1}\n{\"t\":[1,", "the last line is cut off")]
    [InlineData("{\"t\":1}\n{\"t\":[1}", "the line is not valid JSON")]
    [InlineData("{\"t\":1}\n{\"t\":\"ab\n", "the line is not valid JSON")]
    public void A_last_line_that_is_cut_off_is_called_so(string text, string expected) =>
        Assert.StartsWith(":2: " + expected, FormatFolder.Fault(_folder.Write("a.jsonl", text)), StringComparison.Ordinal);

    [Fact]
    public void A_line_that_is_cut_off_inside_a_character_is_called_so() =>
        Assert.StartsWith(":1: the last line is cut off", FormatFolder.Fault(_folder.Write("a.jsonl", [.. "{\"t\":\"a"u8, 0xE2, 0x82])), StringComparison.Ordinal);

    [Fact]
    public void A_line_of_a_hundred_megabytes_is_refused_in_bounded_memory()
    {
        using var lines = new LineReader(new EndlessLine());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.StartsWith("a.jsonl:1: the line is longer than 64 MiB", Assert.Throws<DatasetException>(() => lines.Next("a.jsonl")).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3L * LineReader.MaxBytes);
    }

    [Theory]
    [InlineData("\uFEFF [ {\"t\":1} ,\n {\"t\":{\"u\":[2]}} ] \n", new[] { "1:{\"t\":1}", "2:{\"t\":{\"u\":[2]}}" })]
    [InlineData("[]", new string[0])]
    [InlineData("\uFEFF{\"a\":[1,null],\"b\":[\"x\",{\"y\":[0.50]}]}", new[] { "1:{\"a\":1,\"b\":\"x\"}", "2:{\"a\":null,\"b\":{\"y\":[0.50]}}" })]
    [InlineData("{\"a\":[]}", new string[0])]
    public void An_array_of_rows_and_an_object_of_columns_are_read(string text, string[] rows) => Assert.Equal(rows, FormatFolder.Read(_folder.Write("a.json", text)));

    [Fact]
    public void Rows_of_an_array_may_be_longer_than_the_buffer()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $$"""{"t":"{{new string((char)('a' + i % 26), i * 9_973)}}"}""").ToArray();
        Assert.Equal(rows.Select((row, i) => $"{i + 1}:{row}"), FormatFolder.Read(_folder.Write("a.json", $"[{string.Join(",\n", rows)}]")));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData(" \n", "the file is empty")]
    [InlineData("7", "neither an array nor an object")]
    [InlineData("{}", "not an array of rows, and not an object of columns: it has no fields")]
    [InlineData("{\"t\":1}", "the field 't' is no list")]
    [InlineData("{\"a\":[1],\"b\":[]}", "the list 'b' has 0 values where 'a' has 1")]
    [InlineData("{\"data\":[{\"t\":1}]}", "its only field 'data' holds whole rows")]
    [InlineData("{\"t\":1}\n{\"t\":2}\n", "not valid JSON")]
    [InlineData("[{\"t\":1},", "not valid JSON after row 1")]
    [InlineData("[{\"t\":1}", "not valid JSON after row 1")]
    [InlineData("[{\"t\":1}] x", "not valid JSON after row 1")]
    [InlineData("[{\"t\":1} {\"t\":2}]", "not valid JSON after row 1")]
    [InlineData("[{\"t\":1},[2]]", ":2: the row is not an object")]
    [InlineData("[{\"t\":1,\"t\":2}]", ":1: the row is not valid JSON")]
    public void Other_json_is_refused(string text, string expected) => Assert.Contains(expected, FormatFolder.Fault(_folder.Write("a.json", text)), StringComparison.Ordinal);

    [Fact]
    public void Utf16_and_bad_utf8_are_refused()
    {
        Assert.Contains("UTF-8", FormatFolder.Fault(_folder.Write("a.json", Encoding.Unicode.GetBytes("\uFEFF[{\"t\":1}]"))), StringComparison.Ordinal);
        Assert.Contains(":1: the row is not valid JSON: the text is not valid UTF-8", FormatFolder.Fault(_folder.Write("a.json", [.. "[{\"t\":\""u8, 0xC3, 0x28, .. "\"}]"u8])), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_ends_somewhere() =>
        Assert.Contains("not valid JSON", FormatFolder.Fault(_folder.Write("a.json", $"[{{\"t\":{new string('[', 10_000)}")), StringComparison.Ordinal);

    private sealed class EndlessLine : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)'a', offset, count);
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
