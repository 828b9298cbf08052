using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Models.Llama;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using AlignSharp.Tests.Checkpoints;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Models;

/// <summary>Rotary frequencies and tables of transformers (golden/qlora/README.md), read through config.json in both forms.</summary>
public class RopeGoldenTests
{
    [Theory]
    [InlineData("default", false)]
    [InlineData("default_theta500k_hd128", true)]
    [InlineData("linear_x4", false)]
    [InlineData("linear_x4", true)]
    [InlineData("dynamic_x2_seq2048", false)]
    [InlineData("dynamic_x2_seq5000", true)]
    [InlineData("llama31_8b", false)]
    [InlineData("llama32_1b", true)]
    [InlineData("yarn_x4", false)]
    [InlineData("yarn_x8_custom", true)]
    public void Frequencies_and_tables_equal_those_of_transformers(string name, bool asRopeParameters)
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("qlora/rope.json")));
        var golden = json.RootElement.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var config = ReadConfig(golden, asRopeParameters);
        var length = golden.GetProperty("seq_len") is { ValueKind: JsonValueKind.Number } given ? given.GetInt64() : 1;
        Assert.Equal(golden.GetProperty("attention_scaling").GetDouble(), config.RopeScaling.AttentionFactor, 1e-12);
        AssertNear(golden.GetProperty("inv_freq"), config.RopeScaling.InverseFrequencies(config, length), 2e-7);

        var positions = tensor(golden.GetProperty("positions").EnumerateArray().Select(p => p.GetInt64()).ToArray());
        var tables = new RotaryEmbedding(config, ScalarType.Float32, CPU).Tables(new TokenInputs(positions, positions, full_like(positions, length)));
        foreach (var (row, expected) in golden.GetProperty("cos_half").EnumerateArray().Index()) AssertNear(expected, tables.Cosines[row], 2e-4);
        foreach (var (row, expected) in golden.GetProperty("sin_half").EnumerateArray().Index()) AssertNear(expected, tables.Sines[row], 2e-4);
    }

    [Fact]
    public void Dynamic_frequencies_follow_the_length_of_each_sequence()
    {
        using var scope = NewDisposeScope();
        var config = TinyLlama.Config with { MaxPositions = 8, RopeScaling = new DynamicRope(2) };
        var positions = tensor(new long[] { 5, 5, 5 });
        var tables = new RotaryEmbedding(config, ScalarType.Float32, CPU).Tables(new TokenInputs(positions, positions, tensor(new long[] { 6, 20, 6 })));
        Assert.Equal(0, TensorCompare.Absolute(tables.Cosines[0], tables.Cosines[2]));
        Assert.InRange(TensorCompare.Absolute(tables.Cosines[0], tables.Cosines[1]), 0.01, 2);
    }

    private static LlamaConfig ReadConfig(JsonElement golden, bool asRopeParameters)
    {
        using var folder = new TemporaryFolder();
        var headDim = golden.GetProperty("head_dim").GetInt32();
        var json = new JsonObject
        {
            ["model_type"] = "llama",
            ["hidden_size"] = headDim,
            ["num_attention_heads"] = 1,
            ["max_position_embeddings"] = golden.GetProperty("max_position_embeddings").GetInt32(),
        };
        var scaling = golden.GetProperty("rope_scaling") is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given.Clone())! : null;
        if (asRopeParameters)
        {
            json["rope_parameters"] = scaling ?? new JsonObject { ["rope_type"] = "default" };
            json["rope_parameters"]!["rope_theta"] = golden.GetProperty("rope_theta").GetDouble();
        }
        else
        {
            json["rope_theta"] = golden.GetProperty("rope_theta").GetDouble();
            json["rope_scaling"] = scaling;
        }
        File.WriteAllText(folder.File("config.json"), json.ToJsonString());
        return ModelConfigReader.Read(folder.Path).Shape;
    }

    private static void AssertNear(JsonElement expected, Tensor actual, double tolerance)
    {
        var wanted = tensor(expected.EnumerateArray().Select(v => v.GetDouble()).ToArray());
        Assert.Equal(wanted.shape, actual.shape);
        Assert.InRange(TensorCompare.Absolute(wanted, actual), 0, tolerance);
    }
}
