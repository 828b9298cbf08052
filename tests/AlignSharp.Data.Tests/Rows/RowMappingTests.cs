using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public class RowMappingTests
{
    [Theory]
    [InlineData("Question: {question}\n\nAnswer: {answer}", "Question: why?\n\nAnswer: so")]
    [InlineData("{{literal}} { question }", "{literal} why?")]
    [InlineData("no field", "no field")]
    [InlineData("{answer}{answer}", "soso")]
    public void A_template_is_filled_with_the_rows_fields(string template, string expected) =>
        Assert.Equal(expected, Filled(template, """{"question": "why?", "answer": "so"}"""));

    [Theory]
    [InlineData("a {question", "never closed")]
    [InlineData("a {} b", "names no field")]
    [InlineData("a } b", "closes nothing")]
    public void A_brace_without_a_partner_is_refused(string template, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => ColumnTemplate.Parse(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_column_names_the_row() =>
        Assert.StartsWith("rows.jsonl:7: field 'question' is missing", Assert.Throws<DatasetException>(() => Filled("{question}", "{}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Fields_decide_the_shape()
    {
        Assert.IsType<SftTextRow>(Row(Mapping(("text", "{a}")).ForFineTuning()));
        Assert.Equal(new SftCompletionRow("q: 1", "2", Position), Row(Mapping(("prompt", "q: {a}"), ("completion", "{b}")).ForFineTuning()));
        Assert.Equal(new PreferenceRow("1", "2", "3", Position), Row(Mapping(("prompt", "{a}"), ("chosen", "{b}"), ("rejected", "{c}")).ForPreferences()));
        Assert.Equal(["a", "b"], Mapping(("prompt", "{a}"), ("completion", "{b}{a}")).ForFineTuning().Fields);
        Assert.Contains("[prompt] make no row", Assert.Throws<ConfigurationException>(() => Mapping(("prompt", "{a}")).ForFineTuning()).Message, StringComparison.Ordinal);
        Assert.Contains("expected prompt, chosen and rejected", Assert.Throws<ConfigurationException>(() => Mapping(("text", "{a}")).ForPreferences()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_and_equal_results_are_refused_with_their_row()
    {
        Assert.Contains("rows.jsonl:7: dataset_mapping makes an empty 'text'", Assert.Throws<DatasetException>(() => Row(Mapping(("text", "{blank}")).ForFineTuning())).Message, StringComparison.Ordinal);
        Assert.Contains("identical", Assert.Throws<DatasetException>(() => Row(Mapping(("prompt", "{a}"), ("chosen", "{b}"), ("rejected", "{b}")).ForPreferences())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_are_code_points_of_prompt_and_the_longer_answer()
    {
        Assert.Equal(5, RowCharacters.Of(new SftCompletionRow("ab", "c\U0001F600d", Position)));
        Assert.Equal(6, RowCharacters.Of(new PreferenceRow("ab", "c", "long", Position)));
        Assert.Equal(0, RowCharacters.Of(new SftIdsRow([1, 2], [true, true], Position)));
    }

    private static RowPosition Position => new("rows.jsonl", 7);

    private static RowMapping Mapping(params (string Field, string Template)[] templates) => new(templates.ToDictionary(t => t.Field, t => ColumnTemplate.Parse(t.Template)));

    private static T Row<T>(RowShape<T> shape)
    {
        using var document = JsonDocument.Parse("""{"a": "1", "b": "2", "c": "3", "blank": " "}""");
        return shape.Read(new RowFields(document.RootElement, Position));
    }

    private static string Filled(string template, string json)
    {
        using var document = JsonDocument.Parse(json);
        return ColumnTemplate.Parse(template).Fill(new RowFields(document.RootElement, Position));
    }
}
