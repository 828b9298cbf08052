using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public sealed class TextCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_long_text_comes_in_pieces_that_begin_at_lines_with_text()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => i % 3 == 0 ? $"Zeile {i} über alles\n" : " \n"));
        var pieces = TextFiles.Corpus(Write("a.txt", text)).ToList();
        Assert.Equal(text, string.Concat(pieces));
        Assert.True(pieces.Count > 2);
        Assert.All(pieces, piece => Assert.StartsWith("Zeile", piece, StringComparison.Ordinal));
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 70_000));
    }

    [Fact]
    public void Line_ends_become_line_feeds_and_a_mark_is_skipped() =>
        Assert.Equal("a\nb\n\nc\n", Assert.Single(TextFiles.Corpus(Write("a.TXT", "\uFEFFa\r\nb\r\n\nc"))));

    [Fact]
    public void Of_rows_every_field_that_is_text_is_taken_in_order() =>
        Assert.Equal(["x", "", "y", "z"], TextFiles.Corpus(Write("a.jsonl", "{\"p\": \"x\", \"n\": 1, \"e\": \"\", \"q\": \"y\"}\n{\"o\": {\"inner\": \"no\"}, \"t\": \"z\"}\n")));

    [Theory]
    [InlineData("a.txt", "")]
    [InlineData("a.txt", "\n \n")]
    [InlineData("a.jsonl", "")]
    [InlineData("a.jsonl", "{\"n\": 1}")]
    [InlineData("a.json", "[]")]
    public void A_file_without_text_is_refused(string name, string content) =>
        Assert.Contains("the file has no text", Assert.Throws<DatasetException>(() => TextFiles.Corpus(Write(name, content)).ToList()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_shows_at_the_call()
    {
        Assert.Throws<ConfigurationException>(() => TextFiles.Corpus(Path.Combine(_folder.Path, "absent.txt")));
        Assert.Throws<ConfigurationException>(() => TextFiles.Corpus(Path.Combine(_folder.Path, "absent.jsonl")));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
