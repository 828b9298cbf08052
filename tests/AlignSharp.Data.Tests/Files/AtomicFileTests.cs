using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using Xunit;

namespace AlignSharp.Data.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100_000)]
    public void Content_is_what_was_written_whatever_size_was_expected(long expectedBytes)
    {
        AtomicFile.Write(_folder.File("a.bin"), stream => stream.Write([1, 2, 3]), expectedBytes);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder.File("a.bin")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void An_existing_file_is_replaced()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old and longer");
        AtomicFile.WriteText(_folder.File("a.txt"), "né");
        Assert.Equal([0x6E, 0xC3, 0xA9], File.ReadAllBytes(_folder.File("a.txt")));
    }

    [Fact]
    public void A_failure_keeps_the_old_content_and_leaves_nothing_else()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder.File("a.txt"), stream =>
        {
            stream.Write(new byte[10]);
            throw new InvalidOperationException("half way");
        }));
        Assert.Equal("old", File.ReadAllText(_folder.File("a.txt")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_reader_sees_the_old_content_until_the_end()
    {
        AtomicFile.WriteText(_folder.File("a.txt"), "old");
        AtomicFile.Write(_folder.File("a.txt"), stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(_folder.File("a.txt")));
        });
        Assert.Equal("new", File.ReadAllText(_folder.File("a.txt")));
    }

    [Fact]
    public void A_full_disk_is_recognised_and_leaves_nothing()
    {
        var error = Assert.Throws<DiskFullException>(() => AtomicFile.Write(_folder.File("a.bin"), _ => throw DiskFull()));
        Assert.Contains("a.bin: no space left", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Other_errors_of_a_disk_are_not_taken_for_a_full_one() =>
        Assert.Throws<IOException>(() => AtomicFile.Write(_folder.File("a.bin"), _ => throw new IOException("broken", 5)));

    [Fact]
    public void More_than_the_disk_holds_is_refused_before_writing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the size that a file system refuses differs elsewhere");
        var written = false;
        Assert.Throws<DiskFullException>(() => AtomicFile.Write(_folder.File("a.bin"), _ => written = true, expectedBytes: 1L << 60));
        Assert.False(written);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_a_configuration_fault() =>
        Assert.Throws<ConfigurationException>(() => AtomicFile.WriteText(_folder.File("none/a.txt"), ""));

    [Fact]
    public void Hashes_are_sha256_in_lower_case() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileHash.Sha256(_folder.Write("a.txt", "abc")));

    private static IOException DiskFull() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
}
