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
    public void The_mapped_row_has_the_mappings_fields_alone()
    {
        var row = Mapping(("prompt", MappedField.Text("q: {a}")), ("chosen", MappedField.Text("{b}")), ("rejected", MappedField.Text("{c} \"x\""))).Apply(Row);
        Assert.Equal("""{"prompt":"q: 1","chosen":"2","rejected":"3 \u0022x\u0022"}""", row.Row.GetRawText());
        Assert.Equal(new RowPosition("rows.jsonl", 7), row.Source);
    }

    [Fact]
    public void A_lone_column_keeps_what_it_holds()
    {
        var row = Mapping(("messages", MappedField.Text("{turns}")), ("label", MappedField.Text("{good}")), ("text", MappedField.Text("{a}"))).Apply(Row);
        Assert.Equal("""{"messages":[{"role":"user","content":"hi"}],"label":true,"text":"1"}""", row.Row.GetRawText());
    }

    [Fact]
    public void Messages_are_made_of_columns()
    {
        var row = Mapping(("prompt", MappedField.Messages([("system", "Be brief."), ("user", "{a}?")]))).Apply(Row);
        Assert.Equal("""{"prompt":[{"role":"system","content":"Be brief."},{"role":"user","content":"1?"}]}""", row.Row.GetRawText());
    }

    [Fact]
    public void A_missing_or_wrong_column_is_named_with_its_row()
    {
        Assert.StartsWith("rows.jsonl:7: field 'z' is missing", Assert.Throws<DatasetException>(() => Mapping(("text", MappedField.Text("{z}"))).Apply(Row)).Message, StringComparison.Ordinal);
        Assert.StartsWith("rows.jsonl:7: field 'turns' is a list, expected text", Assert.Throws<DatasetException>(() => Mapping(("text", MappedField.Text("x {turns}"))).Apply(Row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_no_shape_reads_is_refused() =>
        Assert.Contains("question is no field of a row", Assert.Throws<ConfigurationException>(() => Mapping(("question", MappedField.Text("{a}")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Characters_are_code_points_of_prompt_and_the_longer_answer()
    {
        Assert.Equal(5, RowCharacters.Of(new SftCompletionRow("ab", "c\U0001F600d", Position)));
        Assert.Equal(6, RowCharacters.Of(new PreferenceRow("ab", "c", "long", Position)));
        Assert.Equal(0, RowCharacters.Of(new SftIdsRow([1, 2], [true, true], Position)));
    }

    private static RowPosition Position => new("rows.jsonl", 7);

    private static RowMapping Mapping(params (string Field, MappedField Made)[] fields) => new(fields.ToDictionary(f => f.Field, f => f.Made));

    private static RowFields Row => new(JsonDocument.Parse("""{"a": "1", "b": "2", "c": "3", "turns": [{"role":"user","content":"hi"}], "good": true}""").RootElement, Position);

    private static string Filled(string template, string json)
    {
        using var document = JsonDocument.Parse(json);
        return ColumnTemplate.Parse(template).Fill(new RowFields(document.RootElement, Position));
    }
}
