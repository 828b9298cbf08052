using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public sealed class SftFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_and_completions_are_read()
    {
        var text = _folder.Write("a.jsonl", """{"text":"t"}""");
        Assert.Equal(new SftTextRow("t", new(text, 1)), Assert.Single(SftFiles.Read(text)));
        var completion = _folder.Write("b.json", """[{"prompt":"","completion":"c"}]""");
        Assert.Equal(new SftCompletionRow("", "c", new(completion, 1)), Assert.Single(SftFiles.Read(completion)));
    }

    [Theory]
    [InlineData("""{"input_ids":[5,6]}""", true, true)]
    [InlineData("""{"input_ids":[5,6],"labels":[-100,6]}""", false, true)]
    [InlineData("""{"input_ids":[5,6],"labels":[5,6],"text":"ignored"}""", true, true)]
    public void Labels_say_which_ids_carry_loss(string row, bool first, bool second)
    {
        var read = Assert.IsType<SftIdsRow>(Assert.Single(SftFiles.Read(_folder.Write("a.jsonl", row))));
        Assert.Equal([5, 6], read.Ids);
        Assert.Equal([first, second], read.Scored);
    }

    [Theory]
    [InlineData("""{"text":""}""", "the text is empty")]
    [InlineData("""{"prompt":"p","completion":" "}""", "the completion is empty")]
    [InlineData("""{"prompt":"p","completion":"c","text":"t"}""", "keep one of them")]
    [InlineData("""{"prompt":"p"}""", "or text: text")]
    [InlineData("""{"messages":[]}""", "has no messages")]
    [InlineData("""{"input_ids":[]}""", "field 'input_ids' has no ids")]
    [InlineData("""{"input_ids":[5,6],"labels":[5]}""", "field 'labels' has 1 values, but 'input_ids' has 2")]
    [InlineData("""{"input_ids":[5,6],"labels":[5,7]}""", "field 'labels' has 7 at index 1, expected -100 or the id")]
    [InlineData("""{"input_ids":[5,6],"labels":[5,-1]}""", "field 'labels' has -1 at index 1")]
    [InlineData("""{"input_ids":[5,6],"labels":[5,-100]}""", "leaves no token to learn")]
    [InlineData("""{"input_ids":[5,6],"labels":null}""", "field 'labels' is null")]
    public void Bad_rows_are_refused_with_the_field(string row, string expected)
    {
        var path = _folder.Write("a.jsonl", row);
        var error = Assert.Throws<DatasetException>(() => SftFiles.Read(path).ToList());
        Assert.StartsWith($"{path}:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
