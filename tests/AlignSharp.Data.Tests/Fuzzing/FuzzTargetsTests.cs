using AlignSharp.Fuzz;
using AlignSharp.Fuzz.Running;
using Xunit;

namespace AlignSharp.Data.Tests.Fuzzing;

/// <summary>Every parser over a few hundred damaged inputs, always the same ones. The long runs are those of <c>eng/fuzz-nightly.sh</c>.</summary>
public sealed class FuzzTargetsTests
{
    private const int Executions = 1_000;

    // A busy machine is no hang: here only what never ends is one.
    private static readonly FuzzLimits Limits = new(Seconds: 60);

    public static TheoryData<string> Names => [.. TargetRegistry.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Damaged_bytes_end_in_a_result_or_in_a_fault(string name)
    {
        var target = TargetRegistry.Find(name)!;
        var loop = new FuzzLoop(target, Seeds.Read(Seeds.Folder(name)), Limits);
        var findings = loop.Run(Executions, seed: 6);
        Assert.True(findings.Count == 0, string.Join('\n', findings.Select(finding => $"{finding.What}\n{Convert.ToBase64String(finding.Input)}")));
        Assert.Equal(Executions, loop.Executions);
    }

    [Fact]
    public void Every_target_has_seeds_and_every_folder_of_seeds_a_target()
    {
        var folders = Directory.GetDirectories(Path.GetDirectoryName(Seeds.Folder("x"))!).Select(folder => Path.GetFileName(folder)!);
        Assert.Equal(TargetRegistry.All.Select(target => target.Name).Order(), folders.Order());
    }

    [Fact]
    public void Equal_seeds_make_equal_inputs()
    {
        IReadOnlyList<byte[]> corpus = ["{\"a\": 1}"u8.ToArray(), "[1, 2]"u8.ToArray()];
        var (first, second) = (new Mutator(corpus, ["null"], 3), new Mutator(corpus, ["null"], 3));
        for (var i = 0; i < 100; i++) Assert.Equal(first.Next(), second.Next());
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("allocates")]
    [InlineData("hangs")]
    public void What_a_parser_must_not_do_is_found(string what)
    {
        var target = new FuzzTarget("bad", bytes =>
        {
            if (what == "throws") throw new InvalidOperationException("it throws");
            if (what == "allocates") GC.KeepAlive(new byte[2 << 20]);
            while (what == "hangs") Thread.Sleep(10);
        }, []);
        var finding = Assert.Single(new FuzzLoop(target, [[1, 2, 3]], new FuzzLimits(Seconds: 0.2, AllocatedBytes: 1 << 20)).Run(executions: 5, seed: 1));
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], finding.Input);
        Assert.Equal(1, finding.Execution);
    }
}
