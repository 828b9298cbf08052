using AlignSharp.Runtime;
using TorchSharp;
using Xunit;

namespace AlignSharp.Tests.Runtime;

[Collection(ProcessWide.Name)]
public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Each_part_runs_once(int parts)
    {
        foreach (var threads in new[] { 1, 2, 5 })
        {
            var counts = new int[parts];
            With(threads, () => ThreadTeam.Run(parts, part => Interlocked.Increment(ref counts[part])));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Parts_run_at_the_same_time()
    {
        using var both = new Barrier(2);
        With(2, () => ThreadTeam.Run(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30)))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_of_a_part_reaches_the_caller_and_the_team_works_on(int threads)
    {
        for (var turn = 0; turn < 3; turn++)
        {
            With(threads, () =>
            {
                var fault = Assert.Throws<InvalidOperationException>(() => ThreadTeam.Run(16, Fail));
                Assert.Equal("part 7", fault.Message);
                Assert.Contains(nameof(Fail), fault.StackTrace, StringComparison.Ordinal);
                var sum = 0;
                ThreadTeam.Run(16, part => Interlocked.Add(ref sum, part));
                Assert.Equal(120, sum);
            });
        }
    }

    [Fact]
    public void Several_threads_can_each_lead_a_team()
    {
        var sums = new long[4];
        var masters = Enumerable.Range(0, sums.Length).Select(master => new Thread(() =>
        {
            for (var turn = 0; turn < 200; turn++) ThreadTeam.Run(10, part => Interlocked.Add(ref sums[master], part + master));
        })).ToArray();
        foreach (var master in masters) master.Start();
        foreach (var master in masters) master.Join();
        Assert.Equal([200 * 45, 200 * 55, 200 * 65, 200 * 75], sums);
    }

    [Fact]
    public void A_part_can_run_parts_of_its_own()
    {
        var counts = new int[6, 7];
        With(2, () => ThreadTeam.Run(6, outer => ThreadTeam.Run(7, inner => Interlocked.Increment(ref counts[outer, inner]))));
        Assert.All(counts.Cast<int>(), count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_part_may_use_libtorch_and_allocate()
    {
        With(2, () => ThreadTeam.Run(8, part =>
        {
            using var scope = torch.NewDisposeScope();
            Assert.Equal(part * 1000, torch.full(1000, (float)part).sum().item<float>());
            GC.KeepAlive(new byte[100_000]);
        }));
    }

    private static void Fail(int part)
    {
        if (part == 7) throw new InvalidOperationException("part 7");
    }

    // A thread of its own, because the number of threads belongs to the thread that sets it.
    private static void With(int threads, Action work)
    {
        var before = torch.get_num_threads();
        try
        {
            TorchThread.Run(() =>
            {
                torch.set_num_threads(threads);
                work();
            });
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }
}
