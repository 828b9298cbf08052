using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Checkpoints;

public sealed class LineageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var lineage = new Lineage { BaseModel = LineageModel.Of(Golden.Path("trl/model_a")) };
        lineage.Write(_folder.Path);
        Assert.Equal(lineage, Lineage.TryRead(_folder.Path));
        Assert.Equal(64, lineage.BaseModel.Sha256.Length);
        Assert.NotEqual(lineage.BaseModel.Sha256, LineageModel.Of(Golden.Path("trl/model_b")).Sha256);
    }

    [Fact]
    public void A_folder_without_the_file_and_a_file_without_a_base_tell_nothing()
    {
        Assert.Null(Lineage.TryRead(_folder.Path));
        File.WriteAllText(_folder.File(Lineage.FileName), "{}");
        Assert.Null(Lineage.TryRead(_folder.Path)!.BaseModel);
    }

    [Fact]
    public void Unknown_fields_are_read_over()
    {
        File.WriteAllText(_folder.File(Lineage.FileName), """{"version": 9, "base_model": {"path": "a", "sha256": "b", "revision": "c"}, "data": [{"path": "x"}]}""");
        Assert.Equal(new LineageModel("a", "b"), Lineage.TryRead(_folder.Path)!.BaseModel);
    }

    [Theory]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"base_model\": \"a\"}", "$.base_model")]
    [InlineData("{\"base_model\": {\"path\": \"a\"}}", "has no 'sha256'")]
    public void A_damaged_file_is_refused_by_name(string text, string words)
    {
        File.WriteAllText(_folder.File(Lineage.FileName), text);
        var fault = Assert.Throws<ArtifactException>(() => Lineage.TryRead(_folder.Path));
        Assert.Contains(Lineage.FileName, fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }
}
