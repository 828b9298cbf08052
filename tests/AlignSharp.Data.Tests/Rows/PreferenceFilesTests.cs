using System.Text;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public sealed class PreferenceFilesTests : IDisposable
{
    private const string Good = """{"prompt":"p","chosen":"c","rejected":"r"}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_become_rows_with_their_line_numbers()
    {
        var path = _folder.Write("a.jsonl", $"\uFEFF{Good}\r\n\r\n  \n{{\"prompt\":\"\",\"chosen\":\"é😀\",\"rejected\":\"\\u00e9\",\"more\":[1]}}");
        Assert.Equal([new PreferenceRow("p", "c", "r", new(path, 1)), new PreferenceRow("", "é😀", "é", new(path, 4))], PreferenceFiles.Read(path));
    }

    [Fact]
    public void An_array_becomes_the_same_rows()
    {
        var path = _folder.Write("a.json", $"\uFEFF[{Good},\n{Good}]");
        Assert.Equal([new PreferenceRow("p", "c", "r", new(path, 1)), new PreferenceRow("p", "c", "r", new(path, 2))], PreferenceFiles.Read(path));
    }

    [Fact]
    public void A_file_can_be_read_twice()
    {
        var rows = PreferenceFiles.Read(_folder.Write("a.jsonl", Good));
        Assert.Equal(rows.ToList(), rows.ToList());
    }

    [Fact]
    public void Long_lines_and_many_lines_survive_the_buffer()
    {
        var texts = Enumerable.Range(0, 300).Select(i => new string((char)('a' + i % 26), i * 997 % 200_000 + 1)).ToList();
        var path = _folder.Write("a.jsonl", string.Join('\n', texts.Select(t => $$"""{"prompt":"","chosen":"{{t}}","rejected":"0"}""")));
        Assert.Equal(texts, PreferenceFiles.Read(path).Cast<PreferenceRow>().Select(r => r.Chosen));
    }

    [Fact]
    public void Ids_are_read_as_they_are()
    {
        var path = _folder.Write("a.jsonl", """{"prompt_ids":[],"chosen_ids":[1,2],"rejected_ids":[32000],"prompt":"ignored"}""");
        var row = Assert.IsType<PreferenceIdsRow>(Assert.Single(PreferenceFiles.Read(path)));
        Assert.Empty(row.PromptIds);
        Assert.Equal([1, 2], row.ChosenIds);
        Assert.Equal([32000], row.RejectedIds);
    }

    [Fact]
    public void Stack_exchange_rows_get_the_prompt_of_stack_llama()
    {
        var path = _folder.Write("a.jsonl", """{"qid":1,"question":"Why?","date":"2020","metadata":["m"],"response_j":"Because.","response_k":"No."}""");
        Assert.Equal(new PreferenceRow("Question: Why?\n\nAnswer: ", "Because.", "No.", new(path, 1)), Assert.Single(PreferenceFiles.Read(path)));
    }

    [Theory]
    [InlineData("""{"prompt":"p","chosen":"c"}""", "expected pre-tokenised preference: prompt_ids")]
    [InlineData("""{"messages":[]}""", "train on them with align sft")]
    [InlineData("""{"prompt":"p","completion":"c","label":true}""", "These are unpaired preferences")]
    [InlineData("""{"question":"p","better_answer":"c","worse_answer":"d"}""", "--dataset_mapping \"{prompt: '{question}', chosen: '{better_answer}', rejected: '{worse_answer}'}\"")]
    [InlineData("""{"chosen":[{"role":"user","content":"a"}],"rejected":[{"role":"user","content":"b"}]}""", "shares no first message with 'rejected'")]
    [InlineData("""{"prompt":[{"role":"user"}],"chosen":[],"rejected":[]}""", "field 'chosen' has no messages")]
    [InlineData("""{"prompt":[{"content":"x"}],"chosen":"a","rejected":"b"}""", "field 'prompt': message 1: a message has no text as \"role\"")]
    [InlineData("""{"prompt":[{"role":"user","content":"x"}],"chosen":"a","rejected":"b","tools":"[oops"}""", "field 'tools' is text, but no JSON")]
    [InlineData("""{"prompt":[{"role":"user","content":"x"}],"chosen":"a","rejected":"b","tools":{}}""", "field 'tools' is an object, expected a list")]
    [InlineData("""{"prompt":null,"chosen":"c","rejected":"r"}""", "field 'prompt' is null, expected text")]
    [InlineData("""{"prompt":"p","chosen":3,"rejected":"r"}""", "field 'chosen' is a number, expected text")]
    [InlineData("""{"prompt":"p","chosen":[{"role":"user","content":"c"}],"rejected":"r"}""", "field 'rejected': a conversation is a String")]
    [InlineData("""{"prompt":"p","chosen":" \n","rejected":"r"}""", "the chosen completion is empty or white space only")]
    [InlineData("""{"prompt":"p","chosen":"c","rejected":""}""", "the rejected completion is empty")]
    [InlineData("""{"prompt":"p","chosen":"c","rejected":"c"}""", "identical")]
    [InlineData("""{"prompt":"p\ud800","chosen":"c","rejected":"d"}""", "field 'prompt' has a lone surrogate")]
    [InlineData("""{"prompt":"p","prompt":"q","chosen":"c","rejected":"d"}""", "not valid JSON")]
    [InlineData("""{"prompt":"p","chosen":"c","rejec""", "not valid JSON")]
    [InlineData("""["p","c","r"]""", "not an object")]
    [InlineData("""{"prompt_ids":[-1],"chosen_ids":[1],"rejected_ids":[2]}""", "field 'prompt_ids' has -1 at index 0, expected a token id")]
    [InlineData("""{"prompt_ids":[1.5],"chosen_ids":[1],"rejected_ids":[2]}""", "has 1.5 at index 0")]
    [InlineData("""{"prompt_ids":[1],"chosen_ids":[0,1e999],"rejected_ids":[2]}""", "has 1e999 at index 1")]
    [InlineData("""{"prompt_ids":[1],"chosen_ids":["1"],"rejected_ids":[2]}""", "has text at index 0")]
    [InlineData("""{"prompt_ids":[1],"chosen_ids":[],"rejected_ids":[2]}""", "field 'chosen_ids' has no ids")]
    [InlineData("""{"prompt_ids":[1],"chosen_ids":[2,3],"rejected_ids":[2,3]}""", "identical")]
    [InlineData("""{"prompt_ids":3,"chosen_ids":[2,3],"rejected_ids":[2,3]}""", "field 'prompt_ids' is a number, expected a list of integers")]
    public void A_bad_first_row_is_refused_with_file_row_and_field(string row, string expected) => AssertRefused(_folder.Write("a.jsonl", "\n" + row), 2, expected);

    [Fact]
    public void The_first_row_decides_the_shape_of_all() =>
        AssertRefused(_folder.Write("a.jsonl", Good + "\n" + """{"prompt_ids":[1],"chosen_ids":[2],"rejected_ids":[3]}"""), 2, "field 'prompt' is missing");

    [Fact]
    public void Bad_utf8_is_refused_with_its_line()
    {
        File.WriteAllBytes(_folder.File("a.jsonl"), [.. Encoding.UTF8.GetBytes(Good), (byte)'\n', .. "{\"prompt\":\""u8, 0xC3, 0x28, .. "\",\"chosen\":\"c\",\"rejected\":\"r\"}"u8]);
        AssertRefused(_folder.File("a.jsonl"), 2, "UTF-8");
    }

    [Fact]
    public void Utf16_is_refused()
    {
        File.WriteAllText(_folder.File("a.jsonl"), Good, Encoding.Unicode);
        AssertRefused(_folder.File("a.jsonl"), 1, "UTF-8");
    }

    [Theory]
    [InlineData("a.jsonl", "")]
    [InlineData("a.jsonl", " \n\n")]
    [InlineData("a.json", "[]")]
    public void Files_without_rows_are_refused(string name, string text)
    {
        var path = _folder.Write(name, text);
        Assert.Equal($"{path}: the file has no rows.", Assert.Throws<DatasetException>(() => PreferenceFiles.Read(path).ToList()).Message);
    }

    [Theory]
    [InlineData("{}", "not an array of rows")]
    [InlineData("", "not valid JSON")]
    [InlineData("[1]", ":1: the row is not an object")]
    public void Bad_arrays_are_refused(string text, string expected)
    {
        var path = _folder.Write("a.json", text);
        Assert.Contains(expected, Assert.Throws<DatasetException>(() => PreferenceFiles.Read(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_other_formats_are_configuration_faults_at_the_call()
    {
        Assert.Contains("no such data file", Assert.Throws<ConfigurationException>(() => PreferenceFiles.Read(_folder.File("none.jsonl"))).Message, StringComparison.Ordinal);
        foreach (var name in new[] { "a.xlsx", "a.parquet.gz", "a.jsonl.bz2", "a" })
            Assert.Contains("convert it to .jsonl", Assert.Throws<ConfigurationException>(() => PreferenceFiles.Read(_folder.Write(name, Good))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_gives_rows_or_our_exception()
    {
        var random = new Random(3);
        var whole = Encoding.UTF8.GetBytes(Good + "\n" + Good + "\n");
        for (var i = 0; i < 500; i++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_folder.File("a.jsonl"), bytes);
            var error = Record.Exception(() => PreferenceFiles.Read(_folder.File("a.jsonl")).ToList());
            if (error is not null) Assert.IsType<DatasetException>(error);
        }
    }

    private static void AssertRefused(string path, int row, string expected)
    {
        var error = Assert.Throws<DatasetException>(() => PreferenceFiles.Read(path).ToList());
        Assert.StartsWith($"{path}:{row}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
