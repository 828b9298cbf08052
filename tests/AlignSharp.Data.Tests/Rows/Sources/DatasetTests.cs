using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Sources;

public sealed class DatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sources_follow_one_another_each_in_its_own_shape()
    {
        var options = Options(Part("a.jsonl", Row("p", "c", "r")), Part("b.jsonl", """{"question":"q","response_j":"x","response_k":"y"}"""));
        Assert.Equal(["p c r", "Question: q\n\nAnswer:  x y"], Texts(options));
        Assert.Equal(2, Dataset.Open(options).Preferences().Shapes.Count);
    }

    [Fact]
    public void Weights_interleave_in_the_order_of_datasets()
    {
        // default_rng(42).random(): 0.774, 0.439, 0.859, 0.697, ... against 0.5, until the first source is read.
        var options = Options(Part("a.jsonl", Rows("a", 2)) with { Weight = 1 }, Part("b.jsonl", Rows("b", 3)) with { Weight = 1 });
        Assert.Equal(["b0 c r", "a0 c r", "b1 c r", "b2 c r"], Texts(options));
        Assert.Equal(["b0 c r", "a0 c r", "b1 c r", "b2 c r", "a1 c r"], Texts(options with { ReadsAll = true }).Take(5));
    }

    [Fact]
    public void Some_weights_are_none() =>
        Assert.Contains("some have none", Assert.Throws<ConfigurationException>(() => Options(Part("a.jsonl", "") with { Weight = 1 }, Part("b.jsonl", ""))).Message, StringComparison.Ordinal);

    [Fact]
    public void Filters_removed_columns_and_a_cap_choose_rows()
    {
        var options = Options(Part("a.jsonl", Rows("a", 5))) with { Filter = RowFilter.Parse("prompt != 'a1'"), MaxRows = 2 };
        Assert.Equal(["a0 c r", "a2 c r"], Texts(options));
        var removed = Options(Part("b.jsonl", Row("p", "x c", "x r"))) with { RemovedColumns = ["prompt"] };
        Assert.Equal(["x  c  r"], Texts(removed));
        Assert.Equal(["x  c  r"], Texts(Options(Part("b.jsonl", Row("p", "x c", "x r")) with { Columns = ["chosen", "rejected"] })));
        Assert.Contains("after the filter", Assert.Throws<DatasetException>(() => Texts(options with { Filter = RowFilter.Parse("false") })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_stop_or_are_passed_over_and_named()
    {
        var part = Part("a.jsonl", $"{Row("p", "c", "r")}\n{Row("p", "c", "c")}\n{{oops\n{Row("q", " ", "r")}\n{Row("z", "c", "r")}");
        Assert.Contains("a.jsonl:2: ", Assert.Throws<DatasetException>(() => Texts(Options(part))).Message, StringComparison.Ordinal);
        var bad = new BadRows();
        var kept = Dataset.Open(Options(part) with { SkipBadRows = true }).Preferences().Read(bad).Cast<PreferenceRow>().Select(row => row.Prompt);
        Assert.Equal(["p", "z"], kept);
        Assert.Equal(3, bad.Count);
        Assert.Equal([2, 3, 4], bad.First.Select(line => int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("3 rows passed over", bad.Lines("a").First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_bad_rows_leave_nothing_and_say_so() => Assert.Contains("all 1 are bad, the first:", Assert.Throws<DatasetException>(() =>
        Texts(Options(Part("a.jsonl", Row("p", "c", "c"))) with { SkipBadRows = true })).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_number_of_rows_than_the_card_says_is_told()
    {
        Directory.CreateDirectory(_folder.File("set"));
        _folder.Write("set/train.jsonl", Rows("a", 3));
        _folder.Write("set/README.md", "---\ndataset_info:\n  splits:\n  - name: train\n    num_examples: 4\n---\n");
        var dataset = Dataset.Open(Options(new DatasetPart(_folder.File("set"))));
        Assert.Null(dataset.CountAgainstCard(4));
        Assert.Contains("has 3 rows, but its README.md says 4", dataset.CountAgainstCard(3), StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_has_the_order_of_train_test_split()
    {
        // default_rng(42).permutation(10) is 5, 6, 0, 7, 3, 2, 4, 9, 1, 8 (golden/text/numpy_rng.json).
        var (train, test) = TrainTestSplit.Of(10, 0.21, 42);
        Assert.Equal([5, 6, 0], test);
        Assert.Equal([7, 3, 2, 4, 9, 1, 8], train);
        Assert.Equal([8, 9], TrainTestSplit.Of(10, 2, 42, shuffles: false).Test);
        foreach (var size in new[] { 0, -1, 1.5, 10, 11, double.NaN }) Assert.Throws<ConfigurationException>(() => TrainTestSplit.Of(10, size, 42));
    }

    private DatasetPart Part(string name, string rows) => new(_folder.Write(name, rows));

    private static DatasetOptions Options(params DatasetPart[] parts) => new() { Parts = parts };

    private static List<string> Texts(DatasetOptions options) => [.. Dataset.Open(options).Preferences().Read().Cast<PreferenceRow>().Select(row => $"{row.Prompt} {row.Chosen} {row.Rejected}")];

    private static string Rows(string name, int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => Row($"{name}{i}", "c", "r")));

    private static string Row(string prompt, string chosen, string rejected) => $$"""{"prompt":"{{prompt}}","chosen":"{{chosen}}","rejected":"{{rejected}}"}""";
}
