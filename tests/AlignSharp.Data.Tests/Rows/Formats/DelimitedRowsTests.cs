using System.Text;
using AlignSharp.Data.Faults;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

public sealed class DelimitedRowsTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "\uFEFFprompt,\"the answer\"\r\nWhy?,\r\n\"a, \"\"b\"\"\r\nc\",\" d \"\r\n\r\n1,01\r\n")]
    [InlineData("a.tsv", "prompt\tthe answer\nWhy?\t\n\"a, \"\"b\"\"\r\nc\"\t d \n\n1\t01")]
    public void Cells_are_text_and_rows_have_the_lines_they_begin_on(string name, string text)
    {
        string[] expected = ["2:{\"prompt\":\"Why?\",\"the answer\":\"\"}", "3:{\"prompt\":\"a, \\\"b\\\"\\r\\nc\",\"the answer\":\" d \"}", "6:{\"prompt\":\"1\",\"the answer\":\"01\"}"];
        Assert.Equal(expected, FormatFolder.Read(_folder.Write(name, text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    public void A_file_without_rows_has_none(string text) => Assert.Empty(FormatFolder.Read(_folder.Write("a.csv", text)));

    [Theory]
    [InlineData("a,b\n1,2\n1\n", ":3: the row has 1 cells where the header has 2")]
    [InlineData("a,b\n\"1\n1\",2\n1,2,3\n", ":4: the row has 3 cells where the header has 2")]
    [InlineData("a,b,a\n", ":1: the header names 'a' twice")]
    [InlineData("a,,b\n", ":1: a column of the header has no name")]
    [InlineData("a,b\n1,2\n1,\"cut", ":3: the file ends inside a quoted cell")]
    [InlineData("a,b\n1,5\" disk\n", ":2: a quote stands inside a cell")]
    [InlineData("a,b\n1,\"5\" disk\n", ":2: a quote stands inside a cell")]
    [InlineData("a,\"b\n", ":1: the file ends inside a quoted cell")]
    public void Bad_rows_are_refused_with_their_line(string text, string expected) => Assert.StartsWith(expected, FormatFolder.Fault(_folder.Write("a.csv", text)), StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_not_utf8_is_refused_with_its_line()
    {
        Assert.StartsWith(":3: the row is not valid UTF-8", FormatFolder.Fault(_folder.Write("a.csv", [.. "a,b\n1,2\n1,"u8, 0xE9, (byte)'\n'])), StringComparison.Ordinal);
        Assert.StartsWith(":1: the line is not valid UTF-8", FormatFolder.Fault(_folder.Write("a.csv", [(byte)'a', 0xE9, .. ",b\n1,2\n"u8])), StringComparison.Ordinal);
        Assert.StartsWith(":1: the file is UTF-16", FormatFolder.Fault(_folder.Write("a.csv", Encoding.Unicode.GetBytes("\uFEFFa,b\n1,2\n"))), StringComparison.Ordinal);
        Assert.StartsWith(":1: the text has NUL characters", FormatFolder.Fault(_folder.Write("a.csv", Encoding.Unicode.GetBytes("a,b\n1,2\n"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_rows_survive_the_buffer()
    {
        var texts = Enumerable.Range(0, 500).Select(i => string.Concat(Enumerable.Repeat(i % 7 == 0 ? "a\n\"b\" " : "é,", i * 37 % 3000))).ToArray();
        var path = _folder.Write("a.csv", "t,n\n" + string.Concat(texts.Select((text, i) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{i}\n")));
        Assert.Equal(texts, AlignSharp.Data.Rows.Formats.RowFormats.Read(path).Select(row => row.Text("t")));
    }

    [Fact]
    public void Any_damage_gives_rows_or_our_exception()
    {
        var random = new Random(4);
        var whole = Encoding.UTF8.GetBytes("prompt,chosen\n\"a, \"\"é\"\"\nb\",c\nd,\"e\"\n");
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var hits = random.Next(1, 4); hits > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_folder.File("a.csv"), bytes[..random.Next(1, bytes.Length + 1)]);
            var error = Record.Exception(() => FormatFolder.Read(_folder.File("a.csv")));
            if (error is not null) Assert.IsType<DatasetException>(error);
        }
    }
}
