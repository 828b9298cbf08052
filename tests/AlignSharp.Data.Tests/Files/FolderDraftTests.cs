using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using Xunit;

namespace AlignSharp.Data.Tests.Files;

public sealed class FolderDraftTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "deep", "target");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_folder_has_its_files_only_when_it_is_complete()
    {
        using (var draft = FolderDraft.Begin(Target))
        {
            File.WriteAllText(Path.Combine(draft.Path, "a"), "1");
            Assert.Empty(Directory.GetFileSystemEntries(Target));
            draft.Complete();
        }
        Assert.Equal("1", File.ReadAllText(Path.Combine(Target, "a")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void What_is_not_complete_leaves_nothing()
    {
        using (var draft = FolderDraft.Begin(Target)) File.WriteAllText(Path.Combine(draft.Path, "a"), "1");
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void An_empty_folder_of_the_user_is_taken_and_stays_after_a_failure()
    {
        Directory.CreateDirectory(Target);
        FolderDraft.Begin(Target + "/").Dispose();
        Assert.Equal([Target], Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Files_of_others_are_never_replaced()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine"), "1");
        Assert.Contains("holds files already", Assert.Throws<ConfigurationException>(() => FolderDraft.Begin(Target)).Message, StringComparison.Ordinal);
        using var other = FolderDraft.Begin(Target + "2");
        File.WriteAllText(Path.Combine(Target + "2", "came meanwhile"), "1");
        Assert.Throws<ConfigurationException>(other.Complete);
        Assert.True(File.Exists(Path.Combine(Target + "2", "came meanwhile")));
    }
}
