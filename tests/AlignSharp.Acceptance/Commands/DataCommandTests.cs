using System.Text.Json;
using AlignSharp.Cli;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Acceptance.Commands;

/// <summary><c>align data</c> on a generated set in the layout of lvwerra/stack-exchange-paired.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _tokenizer;

    public DataCommandTests() => _tokenizer = TextModel.Create(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_parquet_is_shown_as_it_will_be_trained()
    {
        var (set, _) = StackExchange();
        var run = CommandRun.Of("data", "preview", set, "--data_dir", "data/rl", "--tokenizer", _tokenizer, "--rows", "2", "--max_length", "120");
        Assert.Equal(ExitCodes.Done, run.Code);
        Assert.Contains("read as stack-exchange-paired: prompt = \"Question: {question}\\n\\nAnswer: \", chosen = response_j, rejected = response_k", run.Error, StringComparison.Ordinal);
        Approved.Matches("tests/AlignSharp.Acceptance/Approved/data-preview.txt", run.Output.Replace(_folder.Path, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_invented_on_the_clean_set_and_its_report_is_known()
    {
        var (set, evaluation) = StackExchange();
        var run = CommandRun.Of("data", "check", set, "--data_dir", "data/rl", "--eval_dataset_name", evaluation, "--tokenizer", _tokenizer, "--max_length", "1024", "--fail_on", "warning");
        Assert.Equal(ExitCodes.Done, run.Code);
        Approved.Matches("tests/AlignSharp.Acceptance/Approved/data-check-clean.txt", run.Output.Replace(_folder.Path, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_planted_fault_is_found_and_a_cleaned_copy_has_none_of_those_that_go()
    {
        StackExchange();
        var evaluation = _folder.Write("evaluation.jsonl", string.Join('\n', File.ReadLines(Path.Combine(_folder.Path, "demo", "test.jsonl")).Append(Row(NearlyEvaluated.Replace("flat", "steep", StringComparison.Ordinal), "Yes, it can.", "No, it cannot."))));
        var planted = Path.Combine(_folder.Path, "planted.jsonl");
        File.WriteAllLines(planted, [.. File.ReadLines(Path.Combine(_folder.Path, "demo", "train.jsonl")), .. Planted(FirstQuestion("demo/test.jsonl"))]);
        string[] command = ["data", "check", planted, "--eval_dataset_name", evaluation, "--tokenizer", _tokenizer, "--max_length", "400"];

        var report = Path.Combine(_folder.Path, "report.html");
        var (cleaned, removed) = (Path.Combine(_folder.Path, "cleaned.parquet"), Path.Combine(_folder.Path, "cleaned.parquet.removed.jsonl"));
        var run = CommandRun.Of([.. command, "--json", "--html", report, "--fix", cleaned]);
        Assert.Equal(ExitCodes.Data, run.Code);
        string[] expected =
        [
            "unreadable-row", "identical-answers", "empty-answer", "one-token-answer", "equal-after-truncation", "prompt-fills-window", "duplicate-row", "contradiction", "eval-leak", "near-eval-leak",
            "inverted-scores", "tied-scores", "special-token-text", "mojibake", "replacement-character", "control-character", "bidi-control", "eos-cut-off",
        ];
        Assert.Equal(expected, Codes(run.Output));
        Assert.Contains("equal-after-truncation", File.ReadAllText(report), StringComparison.Ordinal);
        Assert.Contains("planted.jsonl:202: the line is not valid JSON", File.ReadAllText(removed), StringComparison.Ordinal);

        command[2] = cleaned;
        var again = CommandRun.Of([.. command, "--json", "--fail_on", "error"]);
        Assert.Equal(ExitCodes.Done, again.Code);
        string[] stay = ["one-token-answer", "special-token-text", "mojibake", "replacement-character", "control-character", "bidi-control", "eos-cut-off"];
        Assert.Equal(stay, Codes(again.Output).Where(stay.Contains));
        Assert.DoesNotContain(Codes(again.Output), code => expected.Except(stay).Contains(code));
    }

    [Fact]
    public void Shortcuts_length_and_flipped_labels_are_found()
    {
        var random = new Random(5);
        string[] words = ["river", "stone", "cloud", "lamp", "paper", "horse", "glass", "winter", "garden", "copper", "signal", "bread"];
        string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => words[random.Next(words.Length)]));
        var rows = Enumerable.Range(0, 600).Select(i =>
        {
            var (better, worse) = ($"Certainly {Words(14)}", $"Nope {Words(9)}");
            var isFlipped = i % 50 == 7;
            return JsonSerializer.Serialize(new { prompt = $"{i}: {Words(6)}", chosen = isFlipped ? worse : better, rejected = isFlipped ? better : worse });
        });
        var path = _folder.Write("biased.jsonl", string.Join('\n', rows));
        var run = CommandRun.Of("data", "check", path, "--tokenizer", _tokenizer, "--json", "--fail_on", "warning");
        Assert.Equal(ExitCodes.Data, run.Code);
        Assert.Equal(["word-shortcut", "suspected-flip", "length-bias"], Codes(run.Output));
    }

    [Fact]
    public void A_template_that_ends_no_answer_is_found()
    {
        var rows = Enumerable.Range(0, 3).Select(i => $$"""{"prompt":[{"role":"user","content":"question {{i}}"}],"chosen":"an answer {{i}}","rejected":"no answer {{i}}"}""");
        File.WriteAllText(Path.Combine(_tokenizer, "chat_template.jinja"), "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
        var run = CommandRun.Of("data", "check", _folder.Write("chat.jsonl", string.Join('\n', rows)), "--tokenizer", _tokenizer, "--json");
        Assert.Contains("missing-eos", Codes(run.Output));
    }

    [Fact]
    public void A_prompt_that_brings_the_beginning_along_is_found()
    {
        var row = JsonSerializer.Serialize(new { prompt = TextModel.Tokenizer.Special.Bos!.Content + "Is it?", chosen = " It is so.", rejected = " It is not." });
        Assert.Contains("double-bos", Codes(CommandRun.Of("data", "check", _folder.Write("bos.jsonl", row), "--tokenizer", _tokenizer, "--json").Output));
    }

    [Fact]
    public void Lengths_are_told_and_drawn()
    {
        var (set, _) = StackExchange();
        var (png, svg) = (Path.Combine(_folder.Path, "a.png"), Path.Combine(_folder.Path, "a.svg"));
        var run = CommandRun.Of("data", "stats", set, "--data_dir", "data/rl", "--tokenizer", _tokenizer, "--max_length", "150", "--plot", png, "--plot", svg);
        Assert.Equal(ExitCodes.Done, run.Code);
        Assert.Matches(@"prompt and longer answer, tokens: 200 rows, min \d+, median \d+", run.Output);
        Assert.Matches(@"\d+ \(\d+\.\d %\) longer than max_length \(150\)", run.Output);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(png)[..4]);
        Assert.Equal(5, System.Xml.Linq.XDocument.Load(svg).Descendants(System.Xml.Linq.XName.Get("svg", "http://www.w3.org/2000/svg")).Count());
        Assert.Equal(200, CommandRun.Of("data", "stats", set, "--data_dir", "data/rl", "--json").Lines[0].GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("arrow")]
    [InlineData("jsonl.zst")]
    [InlineData("json.gz")]
    public void Rows_survive_a_way_through_another_format(string format)
    {
        StackExchange();
        var (rows, there, back) = (Path.Combine(_folder.Path, "demo", "train.jsonl"), Path.Combine(_folder.Path, $"there.{format}"), Path.Combine(_folder.Path, "back.jsonl"));
        Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "convert", rows, "--output", there).Code);
        Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "convert", there, "--output", back).Code);
        Assert.Equal(File.ReadAllText(rows), File.ReadAllText(back));
    }

    [Fact]
    public void Shuffled_and_split_rows_have_the_order_of_datasets()
    {
        // default_rng(42).permutation(10) is 5, 6, 0, 7, 3, 2, 4, 9, 1, 8 (golden/text/numpy_rng.json).
        var path = _folder.Write("ten.jsonl", string.Join('\n', Enumerable.Range(0, 10).Select(i => $$"""{"text":"{{i}}"}""")));
        var shuffled = Path.Combine(_folder.Path, "shuffled.csv");
        Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "convert", path, "--output", shuffled, "--shuffle", "--skip", "1", "--take", "4").Code);
        Assert.Equal(["text", "6", "0", "7", "3"], File.ReadAllLines(shuffled));
        Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "split", path, "--output_dir", Path.Combine(_folder.Path, "parts"), "--test_size", "2", "--format", "csv").Code);
        Assert.Equal(["text", "5", "6"], File.ReadAllLines(Path.Combine(_folder.Path, "parts", "test.csv")));
        Assert.Equal(["text", "0", "7", "3", "2", "4", "9", "1", "8"], File.ReadAllLines(Path.Combine(_folder.Path, "parts", "train.csv")));
    }

    [Fact]
    public void Pairs_are_taken_apart_and_put_together_again()
    {
        var (set, _) = StackExchange();
        var (apart, together, plain) = (Path.Combine(_folder.Path, "apart.jsonl"), Path.Combine(_folder.Path, "together.jsonl"), Path.Combine(_folder.Path, "plain.jsonl"));
        CommandRun.Of("data", "convert", set, "--data_dir", "data/rl", "--output", apart, "--shape", "unpaired");
        CommandRun.Of("data", "convert", apart, "--output", together, "--shape", "preference");
        CommandRun.Of("data", "convert", set, "--data_dir", "data/rl", "--output", plain, "--shape", "preference");
        Assert.Equal(400, File.ReadLines(apart).Count());
        Assert.Subset(File.ReadLines(together).ToHashSet(), File.ReadLines(plain).ToHashSet());
    }

    [Theory]
    [InlineData(ExitCodes.Configuration, "no tokenizer is named", "preview", "rows.jsonl")]
    [InlineData(ExitCodes.Configuration, "did you mean --max_length", "check", "rows.jsonl", "--max_lenght", "3")]
    [InlineData(ExitCodes.Configuration, "option --fail_on: often is not known", "check", "rows.jsonl", "--fail_on", "often")]
    [InlineData(ExitCodes.Configuration, "dataset_name is missing", "check")]
    [InlineData(ExitCodes.Configuration, "exists already", "convert", "rows.jsonl", "--output", "rows.jsonl")]
    [InlineData(ExitCodes.Configuration, "are not known", "convert", "rows.jsonl", "--output", "rows.xlsx")]
    [InlineData(ExitCodes.Configuration, "ends in .png or .svg", "stats", "rows.jsonl", "--plot", "a.pdf")]
    [InlineData(ExitCodes.Configuration, "exists already", "check", "rows.jsonl", "--fix", "rows.jsonl")]
    [InlineData(ExitCodes.Data, "train on them with align sft", "check", "texts.jsonl")]
    public void What_cannot_be_done_is_one_line(int code, string words, params string[] arguments)
    {
        _folder.Write("rows.jsonl", """{"prompt":"p","chosen":"c","rejected":"r"}""");
        _folder.Write("texts.jsonl", """{"text":"t"}""");
        string[] inside = [.. arguments.Select(word => word.Contains('.', StringComparison.Ordinal) && !word.StartsWith('-') ? Path.Combine(_folder.Path, word) : word)];
        var run = CommandRun.Of(["data", .. inside]);
        Assert.Equal(code, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains(words, run.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    private (string Set, string Evaluation) StackExchange()
    {
        var demo = Path.Combine(_folder.Path, "demo");
        Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "demo", "--output_dir", demo, "--rows", "200", "--test_rows", "30").Code);
        foreach (var (part, rows) in new[] { ("rl", "train"), ("evaluation", "test") })
        {
            var folder = Path.Combine(_folder.Path, "se", "data", part);
            Directory.CreateDirectory(folder);
            Assert.Equal(ExitCodes.Done, CommandRun.Of("data", "convert", Path.Combine(demo, $"{rows}.jsonl"), "--output", Path.Combine(folder, "train-00000-of-00001.parquet")).Code);
        }
        return (Path.Combine(_folder.Path, "se"), Path.Combine(_folder.Path, "se", "data", "evaluation"));
    }

    private string FirstQuestion(string file) => JsonDocument.Parse(File.ReadLines(Path.Combine(_folder.Path, file)).First()).RootElement.GetProperty("question").GetString()!;

    // All but one of its words are the evaluated one's.
    private const string NearlyEvaluated = "Near the old harbour, a keeper of bees asked whether a hive could stand on the flat roof of a house with four floors, and what the neighbours below would have to say about it, if anything at all";

    private static IEnumerable<string> Planted(string evaluated)
    {
        yield return Row(NearlyEvaluated, "They would hardly notice it.", "They would all move out.");
        yield return "oops, no JSON";
        yield return Row("What is the same?", "Both say this.", "Both say this.");
        yield return Row("What is empty?", " ", "Something is said here.");
        yield return Row("What is short?", "A whole sentence.", "x");
        yield return Row("What differs too late?", new string('z', 500) + " yes", new string('z', 500) + " no");
        yield return Row("Why so long? " + new string('q', 500), "Because it is.", "No idea at all.");
        yield return Row("What comes twice?", "This one does.", "That one does.");
        yield return Row("What comes twice?", "This one does.", "That one does.");
        yield return Row("Left or right?", "Go left there.", "Go right there.");
        yield return Row("Left or right?", "Go right there.", "Go left there.");
        yield return Row(evaluated, "An answer that is good.", "An answer that is bad.");
        yield return Row("Which is better by score?", "The first of them.", "The second of them.", 2, 9);
        yield return Row("Which is tied by score?", "The one of them.", "The other of them.", 5, 5);
        yield return Row("What ends early?", "It <|endoftext|> ends.", "It goes on.");
        yield return Row("Which café?", "The cafÃ© there.", "None of them.");
        yield return Row("What was lost?", "The letter \uFFFD here.", "Nothing was lost.");
        yield return Row("What rings?", "The bell \u0007 does.", "Nothing rings there.");
        yield return Row("What turns \u202E around?", "The arrow does it.", "Nothing does it.");
        yield return Row("What is cut?", "Start " + new string('w', 500), "A short one here.");
    }

    private static string Row(string question, string better, string worse, double? scoreBetter = null, double? scoreWorse = null) => JsonSerializer.Serialize(scoreBetter is null
        ? (object)new { question, response_j = better, response_k = worse }
        : new { question, response_j = better, response_k = worse, score_chosen = scoreBetter, score_rejected = scoreWorse });

    private static IEnumerable<string> Codes(string json) => JsonDocument.Parse(json).RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!);
}
