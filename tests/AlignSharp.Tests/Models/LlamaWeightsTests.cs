using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Recipes;
using AlignSharp.Testing;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Models;

public class LlamaWeightsTests
{
    public static TheoryData<string, LlamaConfig> Configs => new()
    {
        { "untied", TinyLlama.Config },
        { "tied", TinyLlama.Config with { TieWordEmbeddings = true } },
        { "with biases", TinyLlama.Config with { AttentionBias = true, MlpBias = true } },
        { "wide heads", TinyLlama.Config with { HeadDim = 12 } },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void They_are_those_of_the_model_in_its_order(string name, LlamaConfig config)
    {
        using var model = new LlamaModel(config, DenseProjection.Create, ScalarType.Float32, CPU);
        var expected = ModelFolder.BaseParameters(model).Select(p => $"{p.Key} [{string.Join(", ", p.Value.shape)}]");
        Assert.Equal(expected, LlamaWeights.Of(config).Select(weight => $"{weight.Name} [{string.Join(", ", weight.Shape)}]"));
        Assert.NotEmpty(name);
    }

    [Fact]
    public void Each_is_of_the_kind_that_its_name_tells()
    {
        foreach (var weight in LlamaWeights.Of(TinyLlama.Config with { AttentionBias = true }))
        {
            var expected = weight.Name.EndsWith(".bias", StringComparison.Ordinal) ? WeightKind.Bias
                : weight.Name.Contains("norm", StringComparison.Ordinal) ? WeightKind.Norm
                : weight.Name.Contains("_proj", StringComparison.Ordinal) ? WeightKind.Projection
                : weight.Name.StartsWith("lm_head", StringComparison.Ordinal) ? WeightKind.Head : WeightKind.Embedding;
            Assert.Equal(expected, weight.Kind);
            Assert.Equal(weight.Name, $"{weight.Path}.{weight.Name.Split('.')[^1]}");
        }
    }

    [Theory]
    // What the models' cards say.
    [InlineData("llama-2-7b", 6_738_415_616)]
    [InlineData("llama-2-13b", 13_015_864_320)]
    [InlineData("llama-3.2-1b", 1_235_814_400)]
    [InlineData("tinyllama-1.1b", 1_100_048_384)]
    [InlineData("smollm2-135m", 134_515_008)]
    public void Published_shapes_have_the_parameters_of_the_published_models(string shape, long parameters) =>
        Assert.Equal(parameters, LlamaWeights.Of(NamedShapes.Find(shape)).Sum(weight => weight.Elements));
}
