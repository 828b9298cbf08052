using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Files;
using Xunit;

namespace AlignSharp.Data.Tests.Files;

public sealed class StrictJsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "b")]
    [InlineData("""{"a":1} x""", "x")]
    [InlineData("""{"a":1,}""", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public void Documents_that_readers_disagree_about_are_refused_with_the_file(string json, string expected)
    {
        var path = _folder.Write("config.json", json);
        var error = Assert.Throws<ArtifactException>(() => StrictJson.ReadDocument(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("reader options", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":\n 1,}", "(line 2, byte 4)")]
    [InlineData("{\"a\"", "(byte 5)")]
    public void A_position_counts_from_1_as_editors_do(string json, string expected)
    {
        var message = Assert.Throws<ArtifactException>(() => StrictJson.ReadDocument(_folder.Write("config.json", json))).Message;
        Assert.EndsWith(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_without_a_crash()
    {
        var path = _folder.Write("config.json", new string('[', 10_000));
        Assert.Throws<ArtifactException>(() => StrictJson.ReadDocument(path));
    }

    [Fact]
    public void Bad_utf8_is_refused()
    {
        File.WriteAllBytes(_folder.File("a.json"), [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]);
        Assert.Contains("UTF-8", Assert.Throws<ArtifactException>(() => StrictJson.ReadDocument(_folder.File("a.json"))).Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", Assert.Throws<ArtifactException>(() => StrictJson.Read<Sample>(_folder.File("a.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        using var document = StrictJson.ReadDocument(_folder.Write("a.json", "\uFEFF{\"Layers\":2}"));
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        Assert.Equal(2, StrictJson.Read<Sample>(_folder.File("a.json")).Layers);
    }

    [Fact]
    public void A_field_of_the_wrong_type_is_named_by_its_path()
    {
        var path = _folder.Write("a.json", """{"Layers":"two"}""");
        Assert.StartsWith($"{path}: $.Layers:", Assert.Throws<ArtifactException>(() => StrictJson.Read<Sample>(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("a.json: the file does not exist", Assert.Throws<ArtifactException>(() => StrictJson.ReadDocument(_folder.File("a.json"))).Message, StringComparison.Ordinal);

    private sealed record Sample(int Layers);
}
