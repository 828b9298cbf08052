using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private const long ShardBytes = 100;
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _tensors = NewDisposeScope();
    private readonly List<KeyValuePair<string, Tensor>> _weights;

    public CheckpointTests() =>
        // 40, 40, 40, 200 and 8 bytes: two, one, the oversized alone, the rest.
        _weights = [new("embed", ones(10)), new("b", ones(10) * 2), new("c", ones(10) * 3), new("big", ones(50) * 4), new("norm", ones(2) * 5)];

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Small_models_are_one_file()
    {
        CheckpointWriter.Save(_folder.Path, _weights);
        Assert.Equal(["model.safetensors"], Files());
        AssertReads();
    }

    [Fact]
    public void Shards_fill_greedily_in_the_given_order()
    {
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        Assert.Equal([.. Enumerable.Range(1, 4).Select(i => $"model-0000{i}-of-00004.safetensors"), "model.safetensors.index.json"], Files());
        using var index = JsonDocument.Parse(File.ReadAllBytes(_folder.File("model.safetensors.index.json")));
        Assert.Equal(328, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        var map = index.RootElement.GetProperty("weight_map").EnumerateObject().Select(p => $"{p.Name}:{p.Value.GetString()![10]}");
        Assert.Equal(["b:1", "big:3", "c:2", "embed:1", "norm:4"], map);
        AssertReads();
    }

    [Fact]
    public void The_index_is_written_as_transformers_writes_it()
    {
        CheckpointWriter.Save(_folder.Path, [new("a.é", ones(10)), new("b", ones(10))], maxShardBytes: 40);
        Assert.Equal(
            """
            {
              "metadata": {
                "total_size": 80
              },
              "weight_map": {
                "a.é": "model-00001-of-00002.safetensors",
                "b": "model-00002-of-00002.safetensors"
              }
            }

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(_folder.File("model.safetensors.index.json")));
    }

    [Fact]
    public void Saving_again_replaces_what_an_earlier_save_left()
    {
        CheckpointWriter.Save(_folder.Path, _weights, maxShardBytes: 40);
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        Assert.Equal(5, Files().Length);
        AssertReads();
        CheckpointWriter.Save(_folder.Path, _weights);
        Assert.Equal(["model.safetensors"], Files());
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        Assert.DoesNotContain("model.safetensors", Files());
        AssertReads();
    }

    [Fact]
    public void A_failed_save_of_shards_leaves_the_folder_as_it_was()
    {
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        var before = Files().ToDictionary(f => f, f => File.ReadAllBytes(_folder.File(f)));
        var unwritable = _weights.Append(new("z", zeros(200, ScalarType.ComplexFloat64))).ToList();
        Assert.Throws<ArgumentException>(() => CheckpointWriter.Save(_folder.Path, unwritable, ShardBytes));
        Assert.Equal(before.Keys, Files());
        Assert.All(before, f => Assert.Equal(f.Value, File.ReadAllBytes(_folder.File(f.Key))));
    }

    [Fact]
    public void The_single_file_is_preferred_to_an_index()
    {
        CheckpointWriter.Save(_folder.Path, _weights);
        File.WriteAllText(_folder.File("model.safetensors.index.json"), "not read");
        AssertReads();
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        File.Delete(_folder.File("model-00003-of-00004.safetensors"));
        AssertRefused("model-00003-of-00004.safetensors: the shard is missing");
    }

    [Fact]
    public void A_tensor_missing_from_its_shard_is_named()
    {
        CheckpointWriter.Save(_folder.Path, _weights, ShardBytes);
        var index = _folder.File("model.safetensors.index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"norm\"", "\"gone\"", StringComparison.Ordinal));
        AssertRefused("the tensor 'gone' is missing");
    }

    [Theory]
    [InlineData("../x.safetensors")]
    [InlineData("/etc/x.safetensors")]
    [InlineData("a\\\\x.safetensors")]
    [InlineData("C:x.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("pytorch_model.bin")]
    public void An_index_that_leads_elsewhere_is_refused(string shard)
    {
        File.WriteAllText(_folder.File("model.safetensors.index.json"), $$$"""{"weight_map":{"w":"{{{shard}}}"}}""");
        AssertRefused("not a plain .safetensors file name");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"weight_map":{}}""")]
    [InlineData("""{"weight_map":{"w":1}}""")]
    [InlineData("""{"weight_map":{"w":"a.safetensors","w":"b.safetensors"}}""")]
    [InlineData("{")]
    public void A_damaged_index_is_refused(string json)
    {
        File.WriteAllText(_folder.File("model.safetensors.index.json"), json);
        AssertRefused("model.safetensors.index.json: ");
    }

    [Fact]
    public void Pickle_weights_are_refused_with_the_remedy()
    {
        File.WriteAllText(_folder.File("pytorch_model.bin"), "");
        AssertRefused("safe_serialization=True");
    }

    [Fact]
    public void Folders_without_weights_and_missing_folders_are_refused()
    {
        AssertRefused("expected a model folder in safetensors form");
        Assert.Throws<ConfigurationException>(() => Checkpoint.Open(_folder.File("none")));
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        CheckpointWriter.Save(_folder.Path, _weights);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Contains("'lm_head.weight'", Assert.Throws<ArtifactException>(() => checkpoint.Read("lm_head.weight")).Message, StringComparison.Ordinal);
        Assert.EndsWith("model.safetensors", checkpoint.PathOf("b"), StringComparison.Ordinal);
    }

    private string[] Files() => [.. Directory.GetFileSystemEntries(_folder.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private void AssertReads()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(_weights.Select(w => w.Key).Order(StringComparer.Ordinal), checkpoint.Names.Order(StringComparer.Ordinal));
        foreach (var (name, weight) in _weights) Assert.True(weight.eq(checkpoint.Read(name)).all().item<bool>());
    }

    private void AssertRefused(string message) =>
        Assert.Contains(message, Assert.Throws<ArtifactException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
}
