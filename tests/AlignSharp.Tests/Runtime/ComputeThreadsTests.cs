using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using TorchSharp;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class ComputeThreadsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_number_asked_for_wins_over_the_variable() => Assert.Equal(3, ComputeThreads.Choose(3, "5"));

    [Theory]
    [InlineData("5", 5)]
    [InlineData(" 4 ", 4)]
    [InlineData("2,1", 2)]
    public void The_variable_counts_when_nothing_is_asked_for(string variable, int expected) =>
        Assert.Equal(expected, ComputeThreads.Choose(null, variable));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Physical_cores_are_the_default(string? variable) => Assert.Equal(ComputeThreads.PhysicalCores, ComputeThreads.Choose(null, variable));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public void A_wrong_variable_is_a_fault_that_shows_its_value(string variable)
    {
        var fault = Assert.Throws<ConfigurationException>(() => ComputeThreads.Choose(null, variable));
        Assert.Contains($"OMP_NUM_THREADS is '{variable}'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void A_wrong_number_is_a_fault(int requested) =>
        Assert.Throws<ConfigurationException>(() => ComputeThreads.Choose(requested, null));

    [Fact]
    public void Configuring_sets_libtorch()
    {
        var before = torch.get_num_threads();
        try
        {
            Assert.Equal(1, ComputeThreads.Configure(1));
            Assert.Equal(1, torch.get_num_threads());
        }
        finally
        {
            ComputeThreads.Configure(before);
        }
    }

    [Fact]
    public void Hyper_threads_of_one_core_count_once()
    {
        foreach (var (cpu, siblings) in new[] { (0, "0,2"), (1, "1,3"), (2, "0,2"), (3, "1,3") })
            _folder.Write($"cpu{cpu}/topology/thread_siblings_list", siblings + "\n");
        Directory.CreateDirectory(_folder.Combine("cpufreq"));
        Assert.Equal(2, ComputeThreads.MachineCores(_folder.Path));
    }

    [Fact]
    public void Without_a_list_logical_processors_count() =>
        Assert.Equal(Environment.ProcessorCount, ComputeThreads.MachineCores(_folder.Combine("missing")));
}
