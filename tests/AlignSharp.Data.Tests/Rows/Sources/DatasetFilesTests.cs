using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows.Sources;
using Xunit;

namespace AlignSharp.Data.Tests.Rows.Sources;

public sealed class DatasetFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train.jsonl", "train")]
    [InlineData("training.json", "train")]
    [InlineData("eval.jsonl", "test")]
    [InlineData("test.jsonl", "eval")]
    [InlineData("valid.json", "validation")]
    [InlineData("my-dev-set.jsonl", "validation")]
    [InlineData("data/test_prefs-00000-of-00001.jsonl", "test_prefs")]
    [InlineData("trainees.jsonl", "train")] // no whole word: everything is train
    [InlineData("rows.jsonl", "train")]
    [InlineData("validation/part.jsonl", "validation")]
    public void A_split_is_found_by_the_names_of_files_and_folders(string file, string split)
    {
        Touch(file);
        Assert.Equal([file], Found(split));
    }

    [Fact]
    public void Shards_come_in_order_and_decide_alone()
    {
        Touch("data/train-00001-of-00002.jsonl", "data/train-00000-of-00002.jsonl", "data/test-00000-of-00001.jsonl", "test.jsonl");
        Assert.Equal(["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl"], Found("train"));
        Assert.Equal(["data/test-00000-of-00001.jsonl"], Found("test"));
    }

    [Fact]
    public void Words_in_folders_win_over_words_in_files()
    {
        Touch("train/test.jsonl", "test/train.jsonl");
        Assert.Equal(["train/test.jsonl"], Found("train"));
    }

    [Fact]
    public void Files_that_are_no_rows_and_hidden_ones_do_not_count()
    {
        Touch("dataset_info.json", "state.json", ".cache/train.jsonl", "__pycache__/train.jsonl", "data.jsonl", "notes.md");
        Assert.Equal(["data.jsonl"], Found("train"));
    }

    [Fact]
    public void Data_dir_chooses_a_folder()
    {
        Touch("data/rl/a.jsonl", "data/evaluation/b.jsonl");
        Assert.Equal([_folder.File("data/rl/a.jsonl")], DatasetFiles.Resolve(new DatasetPart(_folder.Path) { DataDir = "data/rl" }));
        Assert.Contains("has no folder 'data/x'", Fault(new DatasetPart(_folder.Path) { DataDir = "data/x" }), StringComparison.Ordinal);
        Assert.Contains("leads out of", Fault(new DatasetPart(_folder.Path) { DataDir = "../x" }), StringComparison.Ordinal);
        Assert.Contains("chosen with data_dir", Fault(new DatasetPart(_folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_card_of_a_folder_decides()
    {
        Touch("en/x.jsonl", "en/y.jsonl", "de/z.jsonl");
        _folder.Write("README.md", """
            ---
            configs:
            - config_name: english
              default: true
              data_files:
              - split: train
                path: en/x*
              - split: held_out
                path: ["en/[yz].jsonl"]
            - config_name: german
              data_files: "de/**"
            dataset_info:
              config_name: german
              splits:
              - name: train
                num_examples: 12
            ---
            # Rows
            """);
        Assert.Equal(["en/x.jsonl"], Found("train"));
        Assert.Equal(["en/y.jsonl"], Found("held_out"));
        var german = new DatasetPart(_folder.Path) { Config = "german" };
        Assert.Equal([_folder.File("de/z.jsonl")], DatasetFiles.Resolve(german));
        Assert.Equal(12, DatasetFiles.RowsByCard(german));
        Assert.Null(DatasetFiles.RowsByCard(new DatasetPart(_folder.Path) { Config = "english" }));
        Assert.Contains("expected english, german", Fault(new DatasetPart(_folder.Path) { Config = "french" }), StringComparison.Ordinal);
        Assert.Contains("has the splits train, held_out", Fault(new DatasetPart(_folder.Path) { Split = "test" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configs: [")]
    [InlineData("configs: {a: &x [*y]}")]
    public void A_damaged_card_is_named(string yaml)
    {
        Touch("train.jsonl");
        _folder.Write("README.md", $"---\n{yaml}\n---\n");
        Assert.Contains("README.md: the YAML in front of the card cannot be read", Fault(new DatasetPart(_folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_of_a_card_never_leaves_its_folder()
    {
        Touch("set/train.jsonl", "secret.jsonl");
        _folder.Write("set/README.md", "---\nconfigs:\n- config_name: default\n  data_files: ../secret.jsonl\n---\n");
        Assert.Contains("that are not there", Fault(new DatasetPart(_folder.File("set"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Wildcards_stand_for_files()
    {
        Touch("a1.jsonl", "a2.jsonl", "b/a3.jsonl");
        Assert.Equal([_folder.File("a1.jsonl"), _folder.File("a2.jsonl")], DatasetFiles.Resolve(new DatasetPart(_folder.File("a?.jsonl"))));
        Assert.Equal(3, DatasetFiles.Resolve(new DatasetPart(_folder.File("**/a[0-9].jsonl"))).Count);
        Assert.Contains("no data file has such a name", Fault(new DatasetPart(_folder.File("c*.jsonl"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_stands_for_itself() => Assert.Equal([_folder.Write("any.json", "")], DatasetFiles.Resolve(new DatasetPart(_folder.File("any.json"))));

    [Fact]
    public void Several_formats_of_one_split_are_refused()
    {
        Touch("train.json", "train.jsonl");
        Assert.Contains("train.json, train.jsonl", Fault(new DatasetPart(_folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_paths_hub_names_and_empty_folders_are_refused()
    {
        Assert.Contains("holds no data file", Fault(new DatasetPart(_folder.Path)), StringComparison.Ordinal);
        Assert.Contains("not downloaded", Fault(new DatasetPart("org/name")), StringComparison.Ordinal);
    }

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            _folder.Write(file, "");
        }
    }

    private IEnumerable<string> Found(string split) => DatasetFiles.Resolve(new DatasetPart(_folder.Path) { Split = split }).Select(file => Path.GetRelativePath(_folder.Path, file));

    private static string Fault(DatasetPart part) => Assert.Throws<ConfigurationException>(() => DatasetFiles.Resolve(part)).Message;
}
