using System.Text.Json;
using Xunit;

namespace AlignSharp.Acceptance.Runtime;

public sealed class StartTests : IDisposable
{
    private readonly string _cache = Directory.CreateTempSubdirectory("alignsharp-test-").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task Eight_processes_that_start_together_with_an_empty_cache_all_work()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Doctor(("ALIGNSHARP_CACHE", _cache))));
        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Output + result.Errors));
        Assert.All(results, result => Assert.True(Json(result).GetProperty("libtorch").GetProperty("sum_is_right").GetBoolean()));
        Assert.True(Directory.GetFiles(_cache, "*", SearchOption.AllDirectories).Length <= 1, "temporary files were left in the cache");
        RequireNothingCopied();
    }

    [Fact]
    public async Task A_cut_library_in_the_cache_is_replaced()
    {
        var first = Json(await Doctor(("ALIGNSHARP_CACHE", _cache))).GetProperty("libtorch").GetProperty("relaxed_file").GetString();
        if (first is null) Assert.Skip("This system needs no relaxed library.");
        await File.WriteAllBytesAsync(first, new byte[1000], TestContext.Current.CancellationToken);
        var second = await Doctor(("ALIGNSHARP_CACHE", _cache));
        Assert.Equal(0, second.ExitCode);
        Assert.True(new FileInfo(first).Length > 1000);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_a_warning_at_most()
    {
        var blocked = Path.Combine(_cache, "a-file");
        await File.WriteAllTextAsync(blocked, "", TestContext.Current.CancellationToken);
        var result = await Doctor(("ALIGNSHARP_CACHE", Path.Combine(blocked, "below")));
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public async Task A_wrong_libtorch_folder_is_a_fault_that_names_it()
    {
        var result = await Doctor(("ALIGNSHARP_LIBTORCH", "/no/such/folder"));
        Assert.Equal(7, result.ExitCode);
        Assert.Contains("ALIGNSHARP_LIBTORCH names '/no/such/folder', which is not a folder", Json(result).GetProperty("libtorch").GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.True(Json(result).GetProperty("has_fault").GetBoolean());
        RequireNothingCopied();
    }

    [Fact]
    public async Task The_table_for_people_marks_a_fault_and_names_the_remedy()
    {
        var result = await AlignCommand.Run(["doctor"], new Dictionary<string, string> { ["ALIGNSHARP_LIBTORCH"] = _cache });
        Assert.Equal(7, result.ExitCode);
        Assert.Contains("✗ libtorch is not usable", result.Output, StringComparison.Ordinal);
        Assert.Contains("Remedy:", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Errors);
    }

    private static Task<AlignCommand.Result> Doctor((string Name, string Value) variable) =>
        AlignCommand.Run(["doctor", "--json"], new Dictionary<string, string> { [variable.Name] = variable.Value });

    private static JsonElement Json(AlignCommand.Result result) => JsonDocument.Parse(result.Output).RootElement;

    /// <summary>TorchSharp's last resort would leave a folder "cpu" with a gigabyte beside the command.</summary>
    private static void RequireNothingCopied() =>
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(AlignCommand.AssemblyPath)!, "cpu")));
}
