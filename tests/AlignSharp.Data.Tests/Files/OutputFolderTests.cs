using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using Xunit;

namespace AlignSharp.Data.Tests.Files;

public sealed class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_folder_is_created_and_left_empty()
    {
        OutputFolder.Prepare(_folder.File("a/b"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("a/b")));
    }

    [Fact]
    public void An_existing_folder_keeps_its_files()
    {
        _folder.Write("a.txt", "kept");
        OutputFolder.Prepare(_folder.Path);
        Assert.Equal("kept", File.ReadAllText(_folder.File("a.txt")));
    }

    [Fact]
    public void A_file_at_the_path_is_refused() =>
        Assert.Contains("a file stands", Assert.Throws<ConfigurationException>(() => OutputFolder.Prepare(_folder.Write("a", ""))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_above_the_path_is_refused()
    {
        _folder.Write("a", "");
        Assert.Throws<ConfigurationException>(() => OutputFolder.Prepare(_folder.File("a/b")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void A_symbolic_link_is_refused_with_its_target(string ending)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateDirectory(_folder.File("real"));
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("real"));
        var error = Assert.Throws<ConfigurationException>(() => OutputFolder.Prepare(_folder.File("link") + ending));
        Assert.Contains("symbolic link to", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("real")));
    }

    [Fact]
    public void A_dangling_link_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("nowhere"));
        Assert.Throws<ConfigurationException>(() => OutputFolder.Prepare(_folder.File("link")));
        Assert.False(Directory.Exists(_folder.File("nowhere")));
    }
}
