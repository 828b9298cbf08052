using System.Text;
using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Formats;
using CsCheck;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Formats;

/// <summary>What is written is read again, in every format.</summary>
public sealed class RowFileWriterTests : IDisposable
{
    private readonly FormatFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.parquet")]
    [InlineData("a.arrow")]
    public void Conversations_come_back(string name)
    {
        string[] rows =
        [
            """{"prompt":"Why? \"é😀\"\n","chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"score":0.5,"n":9007199254740993,"ok":true,"tags":["x",null,""],"none":null}""",
            """{"prompt":"","chosen":[],"score":-1.0,"n":-1,"ok":false,"tags":[],"none":null}""",
            """{"prompt":null,"chosen":null,"score":null,"n":null,"ok":null,"tags":null,"none":null}""",
            """{"prompt":"p","chosen":[null,{"role":null,"content":""}],"score":1E+300,"n":0,"ok":true,"tags":[null],"none":null}""",
        ];
        AssertSame(rows, name[1..]);
        Assert.Equal("2:" + rows[1], FormatFolder.Read(_folder.File(name))[1]);
    }

    [Theory]
    [InlineData(".jsonl")]
    [InlineData(".ndjson.zst")]
    [InlineData(".json")]
    [InlineData(".parquet")]
    [InlineData(".arrow")]
    public void Random_rows_come_back(string ending) =>
        ForAll(Rows(depth: 3), count: 100, rows => AssertSame(rows, ending));

    [Theory]
    [InlineData(".csv")]
    [InlineData(".tsv")]
    [InlineData(".csv.gz")]
    public void Random_texts_come_back_from_cells(string ending) =>
        ForAll(from count in Gen.Int[1, 4]
               from rows in Text.Array[count].Array[1, 8]
               select rows.Select(row => $"{{{string.Join(',', row.Select((text, i) => $"\"c{i}\":{JsonSerializer.Serialize(text)}"))}}}").ToArray(),
            count: 150, rows => AssertSame(rows, ending));

    [Fact]
    public void Cells_are_the_text_of_numbers_and_booleans_and_empty_for_null() =>
        Assert.Equal(
            ["2:{\"a\":\"1.50\",\"b\":\"true\",\"c\":\"\"}", "3:{\"a\":\"\",\"b\":\" x\",\"c\":\"y\"}"],
            FormatFolder.Read(_folder.WriteRows("a.csv", """{"a":1.50,"b":true,"c":null}""", """{"c":"y","b":" x"}""")));

    [Theory]
    [InlineData("a.csv", """{"a":[1]}""", null, "row 1: field 'a' is a list, which a cell cannot hold; write .jsonl or .parquet")]
    [InlineData("a.tsv", """{"a":"x"}""", """{"b":1}""", "row 2: field 'b' is not one of the first row's")]
    [InlineData("a.parquet", """{"a":{"b":"x"}}""", """{"a":{"b":1}}""", "row 2: field 'a.b' has an integer where rows before it have text")]
    [InlineData("a.arrow", """{"a":["x"]}""", """{"a":"x"}""", "row 2: field 'a' has text where rows before it have a list")]
    [InlineData("a.parquet", """{"a":{}}""", null, "field 'a' is an object without fields")]
    [InlineData("a.arrow", """{"a":1e999}""", null, "row 1: field 'a' is too large")]
    [InlineData("a.jsonl", """{"a":"\ud800"}""", null, "row 1: field 'a' has a lone surrogate")]
    [InlineData("a.csv", """{"a":"\ud800"}""", null, "row 1: field 'a' has a lone surrogate")]
    [InlineData("a.parquet", """{"a":"\ud800"}""", null, "row 1: field 'a' has a lone surrogate")]
    [InlineData("a.arrow", """{"a":"\ud800"}""", null, "row 1: field 'a' has a lone surrogate")]
    [InlineData("a.jsonl", "[1]", null, "row 1 is not an object")]
    public void What_a_format_cannot_hold_is_refused_and_nothing_is_left(string name, string first, string? second, string expected)
    {
        var error = Assert.Throws<DatasetException>(() => _folder.WriteRows(name, second is null ? [first] : [first, second]));
        Assert.StartsWith($"{_folder.File(name)}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("""{"a":"x","b":1}""", "row 5001: field 'b' is not in the first rows")]
    [InlineData("""{"a":1}""", "row 5001: field 'a' has an integer where the first rows have text")]
    public void A_late_row_of_another_type_is_refused(string late, string expected)
    {
        foreach (var name in new[] { "a.parquet", "a.arrow" })
        {
            var error = Assert.Throws<DatasetException>(() => _folder.WriteRows(name, [.. Enumerable.Repeat("""{"a":"x"}""", 5_000), late]));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_appears_only_when_it_is_complete()
    {
        File.WriteAllText(_folder.File("a.jsonl"), "old");
        using (var writer = new RowFileWriter(_folder.File("a.jsonl")))
        {
            using var row = JsonDocument.Parse("{\"a\":1}");
            writer.Write(row.RootElement);
        }
        Assert.Equal("old", File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.Path))));
    }

    [Fact]
    public void Targets_of_no_format_or_folder_are_configuration_faults()
    {
        Assert.Throws<ConfigurationException>(() => new RowFileWriter(_folder.File("a.xlsx")));
        Assert.Throws<ConfigurationException>(() => new RowFileWriter(_folder.File("none/a.jsonl")));
    }

    [Fact]
    public void Without_rows_json_and_csv_are_empty_and_files_of_columns_are_refused()
    {
        foreach (var name in new[] { "a.jsonl", "a.json", "a.csv", "a.jsonl.gz" }) Assert.Empty(FormatFolder.Read(_folder.WriteRows(name)));
        Assert.Contains("without a row there are no columns", Assert.Throws<DatasetException>(() => _folder.WriteRows("a.parquet")).Message, StringComparison.Ordinal);
    }

    private static Gen<string> Text { get; } = Gen.OneOf(
        Gen.OneOf("", " ", "\n", "a\r\nb", "\"", ",", "\t", "é", "😀", "\0", "\u2028", "\uFEFF", "1", "null", "\\n"),
        Gen.String[Gen.Char.AlphaNumeric, 0, 40]);

    // A type first, then rows of that type, as columns ask for.
    private static Gen<string[]> Rows(int depth) =>
        from fields in Type(depth).Array[1, 4]
        from rows in Object(fields).Array[1, 12]
        select rows;

    private static Gen<Gen<string>> Type(int depth)
    {
        Gen<string> text = Text.Select(t => JsonSerializer.Serialize(t)), integer = Gen.Long.Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Gen<string> number = Gen.Double.Where(double.IsFinite).Select(value => Fraction(value));
        Gen<string>[] types = [text, integer, number, Gen.Bool.Select(value => value ? "true" : "false")];
        var simple = Gen.Int[0, types.Length - 1].Select(i => OrNull(types[i]));
        return depth == 0 ? simple : Gen.OneOf(
            simple,
            Type(depth - 1).Select(element => OrNull(element.Array[0, 4].Select(values => $"[{string.Join(',', values)}]"))),
            Type(depth - 1).Array[1, 3].Select(fields => OrNull(Object(fields))));
    }

    private static string Fraction(double value)
    {
        var text = JsonSerializer.Serialize(value);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static Gen<string> OrNull(Gen<string> value) => Gen.Frequency((4, value), (1, Gen.Const("null")));

    private static Gen<string> Object(Gen<string>[] fields) =>
        fields.Select((field, i) => field.Select(value => $"\"f{i}\":{value}"))
            .Aggregate(Gen.Const(Array.Empty<string>()), (all, field) => from before in all from next in field select before.Append(next).ToArray())
            .Select(parts => $"{{{string.Join(',', parts)}}}");

    // CsCheck's own loop takes a seed for its first sample only.
    private static void ForAll<T>(Gen<T> gen, int count, Action<T> assert)
    {
        var random = new PCG(7, 42);
        for (var i = 0; i < count; i++) assert(gen.Generate(random, null, out _));
    }

    private void AssertSame(string[] rows, string ending)
    {
        var read = RowFormats.Read(_folder.WriteRows("a" + ending, rows)).Select(row => row.Row.Clone()).ToList();
        Assert.Equal(rows.Length, read.Count);
        for (var i = 0; i < rows.Length; i++)
        {
            using var expected = JsonDocument.Parse(rows[i]);
            Assert.True(JsonElement.DeepEquals(expected.RootElement, read[i]), $"{rows[i]}\n{read[i]}");
        }
    }
}
