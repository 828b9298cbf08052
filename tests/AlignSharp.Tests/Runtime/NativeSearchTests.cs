using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Runtime;
using Xunit;

namespace AlignSharp.Tests.Runtime;

public sealed class NativeSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("named")]
    [InlineData("named/lib")]
    public void A_named_folder_wins_with_the_library_in_it_or_in_lib(string place)
    {
        var named = _folder.Write($"{place}/{NativeSearch.LibTorchName}");
        RecordPackages();
        var found = Search(_folder.Combine("named")).Find();
        Assert.Equal(named, found.LibTorch);
        Assert.Equal(_folder.Combine("packages", NativeSearch.TorchSharpName), found.TorchSharp);
        Assert.Equal(NativeOrigin.EnvironmentVariable, found.Origin);
    }

    [Fact]
    public void A_named_folder_may_bring_its_own_TorchSharp_library()
    {
        _folder.Write($"named/{NativeSearch.LibTorchName}");
        var own = _folder.Write($"named/{NativeSearch.TorchSharpName}");
        RecordPackages();
        Assert.Equal(own, Search(_folder.Combine("named")).Find().TorchSharp);
    }

    [Fact]
    public void A_named_folder_that_is_missing_is_a_fault_although_packages_are_there()
    {
        RecordPackages();
        var fault = Assert.Throws<ConfigurationException>(() => Search("/no/such/folder").Find());
        Assert.Contains("ALIGNSHARP_LIBTORCH names '/no/such/folder', which is not a folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_folder_without_libtorch_is_a_fault_that_says_what_is_expected()
    {
        RecordPackages();
        Directory.CreateDirectory(_folder.Combine("empty"));
        var fault = Assert.Throws<ConfigurationException>(() => Search(_folder.Combine("empty")).Find());
        Assert.Contains($"neither {NativeSearch.LibTorchName} nor lib/{NativeSearch.LibTorchName}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_beside_the_application_win_over_packages()
    {
        RecordPackages();
        var libTorch = _folder.Write($"app/{NativeSearch.LibTorchName}");
        var torchSharp = _folder.Write($"app/{NativeSearch.TorchSharpName}");
        Assert.Equal(new NativeFiles(libTorch, torchSharp, NativeOrigin.Application), Search().Find());
    }

    [Fact]
    public void Recorded_packages_are_the_last_place()
    {
        RecordPackages();
        var found = Search().Find();
        Assert.Equal(NativeOrigin.Packages, found.Origin);
        Assert.Equal(_folder.Combine("packages", NativeSearch.LibTorchName), found.LibTorch);
    }

    [Fact]
    public void Nothing_anywhere_is_a_fault_that_names_the_places_in_one_line()
    {
        Directory.CreateDirectory(_folder.Combine("app"));
        var fault = Assert.Throws<ConfigurationException>(() => Search().Find());
        Assert.Contains(_folder.Combine("app"), fault.Message, StringComparison.Ordinal);
        Assert.Contains("no alignsharp.natives.json", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void Recorded_packages_that_were_deleted_are_named()
    {
        _folder.Write("app/alignsharp.natives.json", """{ "libtorch": "/gone/libtorch", "torchsharp": "/gone/torchsharp" }""");
        var fault = Assert.Throws<ConfigurationException>(() => Search().Find());
        Assert.Contains("/gone/libtorch", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "libtorch": 1, "torchsharp": 2 }""")]
    [InlineData("""{ "libtorch": "/x" }""")]
    public void A_broken_record_is_a_fault_that_names_the_file(string text)
    {
        var file = _folder.Write("app/alignsharp.natives.json", text);
        var fault = Assert.Throws<ConfigurationException>(() => Search().Find());
        Assert.StartsWith(file, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private NativeSearch Search(string? named = null) => new() { NamedFolder = named, ApplicationFolder = _folder.Combine("app") };

    private void RecordPackages()
    {
        _folder.Write($"packages/{NativeSearch.LibTorchName}");
        _folder.Write($"packages/{NativeSearch.TorchSharpName}");
        var packages = JsonSerializer.Serialize(_folder.Combine("packages"));
        _folder.Write("app/alignsharp.natives.json", $$"""{ "libtorch": {{packages}}, "torchsharp": {{packages}} }""");
    }
}
