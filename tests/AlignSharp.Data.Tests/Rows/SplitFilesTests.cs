using AlignSharp.Data.Faults;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

public sealed class SplitFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train.jsonl", "train")]
    [InlineData("training.json", "train")]
    [InlineData("eval.jsonl", "test")]
    [InlineData("test.jsonl", "eval")]
    [InlineData("valid.json", "validation")]
    [InlineData("test_prefs.jsonl", "test_prefs")]
    public void A_split_is_found_under_its_name_or_a_synonym(string file, string split)
    {
        _folder.Write(file, "");
        Assert.Equal(_folder.File(file), PreferenceFiles.Resolve(_folder.Path, split));
        Assert.True(SplitFiles.Has(_folder.Path, split));
        Assert.False(SplitFiles.Has(_folder.Path, "other"));
    }

    [Fact]
    public void A_file_stands_for_itself() => Assert.Equal(_folder.Write("any.json", ""), PreferenceFiles.Resolve(_folder.File("any.json")));

    [Fact]
    public void Several_candidates_are_refused()
    {
        _folder.Write("train.json", "");
        _folder.Write("train.jsonl", "");
        Assert.Contains("train.jsonl, train.json", Assert.Throws<ConfigurationException>(() => PreferenceFiles.Resolve(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_splits_paths_and_hub_names_are_refused()
    {
        Assert.Contains("expected train.jsonl or train.json", Assert.Throws<ConfigurationException>(() => PreferenceFiles.Resolve(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("not downloaded", Assert.Throws<ConfigurationException>(() => PreferenceFiles.Resolve("org/name")).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => PreferenceFiles.Resolve(_folder.Path, "../train"));
    }
}
