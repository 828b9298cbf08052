using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public sealed class RowFilterTests
{
    [Theory]
    [InlineData("score_chosen - score_rejected >= 1", true)]
    [InlineData("score_chosen > 5", false)]
    [InlineData("chosen | length < 4", true)]
    [InlineData("'x' in chosen or lang == 'de'", true)]
    [InlineData("lang in ['en', 'fr']", false)]
    [InlineData("missing is defined", false)]
    [InlineData("not missing", true)]
    [InlineData("turns[0].role == 'user'", true)]
    [InlineData("nothing is none", true)]
    [InlineData("chosen.startswith('ab') and (1 if lang else 0)", true)]
    [InlineData("'}}' != chosen", true)]
    public void An_expression_over_columns_decides(string expression, bool kept) => Assert.Equal(kept, RowFilter.Parse(expression).Keeps(Row));

    [Theory]
    [InlineData("")]
    [InlineData("score_chosen >")]
    [InlineData("a }} {% for x in y %} {{ b")]
    [InlineData("a b")]
    [InlineData("score_chosen = 3")]
    public void What_is_no_expression_is_refused(string expression) =>
        Assert.Contains("is no expression over columns", Assert.Throws<ConfigurationException>(() => RowFilter.Parse(expression)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("missing > 3", "'missing' is undefined")]
    [InlineData("chosen > 3", "not supported")]
    [InlineData("range(10 ** 9) | list | length > 3", "a range or repeated list")]
    public void What_cannot_be_computed_names_the_row(string expression, string cause)
    {
        var fault = Assert.Throws<DatasetException>(() => RowFilter.Parse(expression).Keeps(Row)).Message;
        Assert.StartsWith("rows.jsonl:4: the filter", fault, StringComparison.Ordinal);
        Assert.Contains(cause, fault, StringComparison.OrdinalIgnoreCase);
    }

    private static RowFields Row => new(JsonDocument.Parse("""{"score_chosen":3.5,"score_rejected":2,"chosen":"abc","lang":"de","turns":[{"role":"user"}],"nothing":null}""").RootElement, new("rows.jsonl", 4));
}
