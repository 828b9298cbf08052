using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class ProcessMemoryTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Numbers_of_this_moment_are_plausible()
    {
        var memory = ProcessMemory.Now();
        Assert.InRange(memory.ResidentBytes, 1 << 20, 1L << 40);
        Assert.True(memory.PeakBytes >= memory.ResidentBytes);
        Assert.InRange(memory.AvailableBytes, 0, 1L << 46);
    }

    [Fact]
    public void The_tightest_group_above_the_process_counts_and_cached_pages_do_not()
    {
        Limit("a", "1000", "400");
        _root.Write("a/memory.stat", "anon 300\ninactive_file 100\n");
        Limit("a/b", "5000", "100");
        Assert.Equal(700, ProcessMemory.ControlGroupHeadroom(_root.Path, "0::/a/b\n"));
    }

    [Fact]
    public void In_a_container_the_mount_itself_holds_the_limit()
    {
        Limit("", "1000", "250");
        Assert.Equal(750, ProcessMemory.ControlGroupHeadroom(_root.Path, "0::/not/visible/here\n"));
    }

    [Fact]
    public void The_first_version_of_control_groups_is_read_too()
    {
        _root.Write("memory/job/memory.limit_in_bytes", "900\n");
        _root.Write("memory/job/memory.usage_in_bytes", "100\n");
        Assert.Equal(800, ProcessMemory.ControlGroupHeadroom(_root.Path, "5:cpu,cpuacct:/job\n4:memory:/job\n0::/\n"));
    }

    [Theory]
    [InlineData("max")]
    [InlineData("99999999999999999999999")]
    public void No_limit_leaves_everything(string limit)
    {
        Limit("a", limit, "400");
        Assert.Equal(long.MaxValue, ProcessMemory.ControlGroupHeadroom(_root.Path, "0::/a\n"));
    }

    [Fact]
    public void Usage_above_the_limit_leaves_nothing()
    {
        Limit("a", "100", "400");
        Assert.Equal(0, ProcessMemory.ControlGroupHeadroom(_root.Path, "0::/a\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n::\n")]
    public void Text_without_groups_has_no_limit(string membership) =>
        Assert.Equal(long.MaxValue, ProcessMemory.ControlGroupHeadroom(_root.Path, membership));

    private void Limit(string group, string limit, string usage)
    {
        _root.Write(Path.Combine(group, "memory.max"), limit + "\n");
        _root.Write(Path.Combine(group, "memory.current"), usage + "\n");
    }
}
