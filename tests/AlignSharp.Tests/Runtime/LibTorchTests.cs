using AlignSharp.Runtime;
using TorchSharp;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class LibTorchTests
{
    [Fact]
    public async Task All_threads_get_the_record_of_the_one_load()
    {
        var loads = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(LibTorch.Load)));
        Assert.All(loads, load => Assert.Same(loads[0], load));
        Assert.True(File.Exists(loads[0].LibTorchFile));
        Assert.Equal(new Version(2, 10, 0), loads[0].LibTorchVersion);
    }

    [Fact]
    public void TorchSharp_computes_and_has_copied_nothing_beside_the_application()
    {
        LibTorch.Load();
        using var three = torch.ones(3);
        using var sum = three.sum();
        Assert.Equal(3f, sum.item<float>());
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")));
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "*torch_cpu*", SearchOption.AllDirectories));
    }
}
