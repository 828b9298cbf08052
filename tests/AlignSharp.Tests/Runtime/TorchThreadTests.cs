using AlignSharp.Runtime;
using TorchSharp;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class TorchThreadTests
{
    [Fact]
    public void Work_runs_on_another_thread_and_returns_its_result()
    {
        var (name, id) = TorchThread.Run(() => (Thread.CurrentThread.Name, Environment.CurrentManagedThreadId));
        Assert.Equal("torch", name);
        Assert.NotEqual(Environment.CurrentManagedThreadId, id);
    }

    [Fact]
    public void An_exception_of_the_work_arrives_as_it_is_with_its_own_trace()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => TorchThread.Run(Fail));
        Assert.Equal("from the work", thrown.Message);
        Assert.Contains(nameof(Fail), thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_the_work_returns_stays_usable()
    {
        using var ones = TorchThread.Run(() => torch.ones(4));
        using var sum = ones.sum();
        Assert.Equal(4f, sum.item<float>());
    }

    private static void Fail() => throw new InvalidOperationException("from the work");
}
