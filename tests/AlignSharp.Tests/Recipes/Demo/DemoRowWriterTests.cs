using System.Text;
using System.Text.Json;
using AlignSharp.Recipes.Demo;
using Xunit;

namespace AlignSharp.Tests.Recipes.Demo;

public sealed class DemoRowWriterTests
{
    private static readonly DemoData Data = DemoData.Generate(seed: 0, trainQuestions: 80, heldOutQuestions: 8);

    [Fact]
    public void A_row_has_the_columns_of_stack_exchange_paired_in_their_order()
    {
        var lines = Lines();
        Assert.Equal(80, lines.Length);
        Assert.All(lines, line =>
        {
            using var row = JsonDocument.Parse(line);
            var names = row.RootElement.EnumerateObject().Select(property => property.Name);
            Assert.Equal(["qid", "question", "date", "metadata", "response_j", "response_k"], names);
        });
    }

    [Fact]
    public void A_row_holds_its_pair()
    {
        var pair = Data.Train[5];
        using var row = JsonDocument.Parse(Lines()[5]);
        var root = row.RootElement;
        Assert.Equal(pair.Question.Id, root.GetProperty("qid").GetInt64());
        Assert.Equal(pair.Question.Text, root.GetProperty("question").GetString());
        Assert.Equal(pair.Question.Date, DateOnly.ParseExact(root.GetProperty("date").GetString()!, "yyyy-MM-dd"));
        Assert.Equal(
            [$"{pair.Question.Site}/questions/{pair.Question.Id}", pair.Question.Site, pair.Question.Topic],
            root.GetProperty("metadata").EnumerateArray().Select(item => item.GetString()!));
        Assert.Equal(pair.Better, root.GetProperty("response_j").GetString());
        Assert.Equal(pair.Worse, root.GetProperty("response_k").GetString());
    }

    [Fact]
    public void The_text_is_plain_and_ends_with_a_line_feed()
    {
        var text = Written();
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain("\\u", text, StringComparison.Ordinal);
        Assert.Equal('{', text[0]);
    }

    private static string[] Lines() => Written().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Written()
    {
        using var stream = new MemoryStream();
        DemoRowWriter.Write(Data.Train, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
