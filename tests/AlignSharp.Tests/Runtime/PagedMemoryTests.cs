using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public class PagedMemoryTests
{
    [Fact]
    public unsafe void It_is_zeros_to_be_written_to_and_its_file_has_no_name()
    {
        using var folder = new TemporaryFolder();
        using var memory = new PagedMemory(folder.Path, 3_000_000, "test");
        var bytes = new Span<byte>((void*)memory.Address, 3_000_000);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
        bytes.Fill(7);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)7));
        if (!OperatingSystem.IsWindows()) Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_is_made_and_nothing_is_left_in_it()
    {
        using var folder = new TemporaryFolder();
        var inner = Path.Combine(folder.Path, "inner");
        new PagedMemory(inner, 1, "test").Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(inner));
    }

    [Fact]
    public void A_disk_with_less_room_is_said_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var message = Assert.Throws<DiskFullException>(() => new PagedMemory(folder.Path, 1L << 60, "paged optimizer states")).Message;
        Assert.Contains($"{folder.Path}: no space left for {1L << 60:N0} bytes of paged optimizer states", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
