using System.Security.Cryptography;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class RelaxedLibraryTests : IDisposable
{
    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void The_copy_of_the_real_library_has_the_known_hash()
    {
        var relaxed = RelaxedLibrary.Ensure(Original(), _cache.Path);
        Assert.Equal(RelaxedLibrary.RelaxedSha256, Hash(relaxed));
        Assert.StartsWith(_cache.Path, relaxed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_cut_copy_in_the_cache_is_made_anew(int length)
    {
        var relaxed = RelaxedLibrary.Ensure(Original(), _cache.Path);
        using (var file = File.OpenWrite(relaxed)) file.SetLength(length);
        Assert.Equal(RelaxedLibrary.RelaxedSha256, Hash(RelaxedLibrary.Ensure(Original(), _cache.Path)));
    }

    [Fact]
    public void A_planted_file_in_the_cache_is_never_used()
    {
        var relaxed = RelaxedLibrary.Ensure(Original(), _cache.Path);
        File.WriteAllText(relaxed, "planted");
        Assert.Equal(RelaxedLibrary.RelaxedSha256, Hash(RelaxedLibrary.Ensure(Original(), _cache.Path)));
    }

    [Fact]
    public async Task Many_at_once_make_one_whole_file_and_leave_nothing_else()
    {
        var original = Original();
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Hash(RelaxedLibrary.Ensure(original, _cache.Path)))));
        Assert.All(all, hash => Assert.Equal(RelaxedLibrary.RelaxedSha256, hash));
        Assert.Single(Directory.EnumerateFiles(_cache.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_unknown_library_is_refused_and_leaves_nothing()
    {
        var unknown = _cache.Write("unknown/libLibTorchSharp.so", "not the library");
        var fault = Assert.Throws<ConfigurationException>(() => RelaxedLibrary.Ensure(unknown, _cache.Combine("cache")));
        Assert.Contains("GLIBCXX_3.4.32", fault.Message, StringComparison.Ordinal);
        Assert.Contains(unknown, fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cache.Combine("cache")));
    }

    private static string Original()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only the library for Linux is ever relaxed.");
        return LibTorch.Load().TorchSharpFile;
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
