using System.Text.Json.Nodes;
using AlignSharp.Recipes;
using AlignSharp.Recipes.Configuration;
using AlignSharp.Runtime;
using AlignSharp.Tracking;
using Xunit;

namespace AlignSharp.Acceptance.Recipes;

/// <summary>Runs over data as people have it: conversations, mixtures, filters, bad rows, kept token ids.</summary>
public sealed class DatasetRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];
    private readonly string _model;

    public DatasetRunTests()
    {
        _model = TextModel.Create(_folder.Path);
        File.WriteAllText(Path.Combine(_model, "chat_template.jinja"), "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Conversations_train_as_the_texts_that_their_template_renders()
    {
        var chats = _folder.Write("chats.jsonl", string.Join('\n', Enumerable.Range(0, 8).Select(i => $$"""{"prompt":[{"role":"user","content":"hello {{i}}"}],"chosen":[{"role":"assistant","content":"me {{i}}"}],"rejected":[{"role":"assistant","content":"you {{i}}"}]}""")));
        var shared = _folder.Write("shared.jsonl", string.Join('\n', Enumerable.Range(0, 8).Select(i => $$"""{"chosen":[{"role":"user","content":"hello {{i}}"},{"role":"assistant","content":"me {{i}}"}],"rejected":[{"role":"user","content":"hello {{i}}"},{"role":"assistant","content":"you {{i}}"}]}""")));
        var ids = _folder.Write("ids.jsonl", string.Join('\n', Enumerable.Range(0, 8).Select(i => new JsonObject
        {
            ["prompt_ids"] = Ids($"user: hello {i}</s>\nassistant: "),
            ["chosen_ids"] = Ids($"me {i}</s>\n"),
            ["rejected_ids"] = Ids($"you {i}</s>\n"),
        }.ToJsonString())));
        var expected = Losses($"dataset_name: {ids}");
        Assert.Equal(expected, Losses($"dataset_name: {chats}"));
        Assert.Equal(expected, Losses($"dataset_name: {shared}"));
        Assert.Contains(_notes, note => note.Contains("read as conversational preference with implicit prompt", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_run_reads_the_token_ids_of_the_first_and_trains_the_same()
    {
        var rows = _folder.Write("rows.jsonl", Rows("hello", 8));
        var first = Losses($"dataset_name: {rows}");
        Assert.DoesNotContain(_notes, IsKept);
        Assert.Equal(first, Losses($"dataset_name: {rows}\nmax_length: 64"));
        Assert.Contains(_notes, IsKept);
        Losses($"dataset_name: {rows}\ntoken_cache: false");
        Assert.DoesNotContain(_notes, IsKept);
        _folder.Write("rows.jsonl", Rows("other", 8));
        Losses($"dataset_name: {rows}");
        Assert.DoesNotContain(_notes, IsKept);
        static bool IsKept(string note) => note.StartsWith("token ids: read from", StringComparison.Ordinal);
    }

    [Fact]
    public void A_mixture_is_filtered_capped_and_split()
    {
        var (one, two) = (_folder.Write("one.jsonl", Rows("hello", 12)), _folder.Write("two.jsonl", string.Join('\n', Enumerable.Range(0, 12).Select(i => $$"""{"question":"q{{i}}","response_j":"me {{i}}","response_k":"you {{i}}"}"""))));
        Losses($"datasets:\n- {{path: {one}, weight: 1}}\n- {{path: {two}, weight: 1}}\ndataset_filter: not (prompt and prompt.endswith('3'))\nmax_train_samples: 10\ntest_split_size: 0.2\neval_strategy: steps\neval_steps: 1");
        Assert.Contains(_notes, note => note.StartsWith($"{one} + {two}: 8 pairs", StringComparison.Ordinal));
        Assert.Contains(_notes, note => note.StartsWith($"{one} + {two}, test_split_size 0.2: 2 pairs", StringComparison.Ordinal));
        Assert.Contains(_notes, note => note.Contains("read as stack-exchange-paired", StringComparison.Ordinal));
    }

    [Fact]
    public void Bad_rows_end_a_run_or_are_counted_and_named()
    {
        var rows = _folder.Write("rows.jsonl", Rows("hello", 8) + "\n{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"c\"}\n{oops\n");
        Assert.Contains("rows.jsonl:9: the chosen and the rejected completion are identical", Assert.Throws<AlignSharp.Data.Faults.DatasetException>(() => Losses($"dataset_name: {rows}\ntoken_cache: false")).Message, StringComparison.Ordinal);
        Losses($"dataset_name: {rows}\non_bad_row: skip");
        Assert.Contains($"{rows}: 2 rows passed over (on_bad_row: skip)", _notes);
        Assert.Contains(_notes, note => note.Contains("rows.jsonl:10:", StringComparison.Ordinal));
        Losses($"dataset_name: {rows}\non_bad_row: skip"); // the kept ids bring the account along
        Assert.Contains($"{rows}: 2 rows passed over (on_bad_row: skip)", _notes);
    }

    [Fact]
    public void A_run_says_in_one_line_what_would_harm_it()
    {
        var rows = _folder.Write("rows.jsonl", Rows("hello", 8) + "\n" + Rows("hello", 1));
        Losses($"dataset_name: {rows}");
        Assert.Contains("data check of 9 rows: duplicate-row (warning, 1 row); align data check says more", _notes);
        Losses($"dataset_name: {_folder.Write("good.jsonl", Rows("hello", 8))}");
        Assert.Contains("data check of 8 rows: nothing that would harm the run", _notes);
        Losses($"dataset_name: {rows}\ndata_check: false");
        Assert.DoesNotContain(_notes, note => note.StartsWith("data check", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_with_more_tokens_are_left_out()
    {
        var rows = _folder.Write("rows.jsonl", Rows("hello", 8) + "\n" + Rows(new string('x', 90), 2));
        Losses($"dataset_name: {rows}\nmax_row_tokens: 60");
        Assert.Contains($"{rows}: 2 of 10 rows left out, they have more than max_row_tokens (60)", _notes);
    }

    [Theory]
    [InlineData("dataset_filter: score >", "is no expression over columns")]
    [InlineData("dataset_mapping: {question: '{a}'}", "question is no field of a row")]
    [InlineData("dataset_mapping: {prompt: [{role: user}]}", "expected {role: user, content: '...'}")]
    [InlineData("datasets: [{split: train}]", "has no path")]
    [InlineData("datasets: [{path: a, columm: x}]", "columm is no key of an entry")]
    [InlineData("datasets: [{path: a, weight: much}]", "is no number")]
    [InlineData("datasets: [{path: a}]\ndataset_name: b", "names another data set")]
    [InlineData("datasets: [{path: a}]\ndata_dir: b", "data_dir belongs to dataset_name")]
    [InlineData("dataset_name: b\nstopping_strategy: all_exhausted", "nothing is interleaved")]
    [InlineData("dataset_name: b\ntest_split_size: 0.1\neval_dataset_name: c", "both say what to evaluate on")]
    [InlineData("dataset_name: b\nmax_eval_samples: 5", "nothing is evaluated")]
    public void Contradictions_are_one_line(string yaml, string expected)
    {
        var named = yaml.Contains("datasets", StringComparison.Ordinal) || yaml.Contains("dataset_name", StringComparison.Ordinal) ? yaml : $"dataset_name: x.jsonl\n{yaml}";
        Assert.Contains(expected, Assert.Throws<AlignSharp.Data.Faults.ConfigurationException>(() => Options(named)).Message, StringComparison.Ordinal);
    }

    private static string Rows(string prompt, int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $$"""{"prompt":"{{prompt}} {{i}}","chosen":" me {{i}}","rejected":" you {{i}}"}"""));

    private static JsonArray Ids(string text) => [.. TextModel.Tokenizer.Encode(text, addSpecialTokens: false).Select(id => (JsonNode)id)];

    private DpoRunOptions Options(string yaml) => DpoRunOptions.From(EffectiveConfiguration.Create(KeyTable.Dpo, ConfigurationSource.FromText(
        $"model_name_or_path: {_model}\noutput_dir: {Path.Combine(_folder.Path, "out")}\nuse_peft: true\ndtype: float32\nmax_steps: 2\nlearning_rate: 1e-3\ntrain_sampling_strategy: sequential\nlogging_steps: 1\nsave_strategy: 'no'\n{yaml}\n", "run.yaml"), []));

    private IReadOnlyList<double> Losses(string yaml)
    {
        _notes.Clear();
        var options = Options(yaml);
        var host = new RunHost(new TrackerGroup([], _ => { }), _notes.Add) { CacheFolder = Path.Combine(_folder.Path, "cache") };
        TorchThread.Run(() => DpoRecipe.Run(options, host, TestContext.Current.CancellationToken));
        return [.. File.ReadLines(Path.Combine(_folder.Path, "out", "metrics.jsonl")).Select(line => JsonNode.Parse(line)!).Where(row => row["loss"] is not null).Select(row => (double)row["loss"]!)];
    }
}
