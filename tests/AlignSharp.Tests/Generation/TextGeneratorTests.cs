using System.Text.Json;
using AlignSharp.Data.Pairs;
using AlignSharp.Generation;
using AlignSharp.Models;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Generation;

public class TextGeneratorTests
{
    private static readonly SamplingOptions GreedyOptions = new() { Temperature = 0, MaxNewTokens = 20 };

    [Theory]
    [InlineData("trl/model_a")]
    [InlineData("trl/model_b")]
    public void Greedy_completions_equal_those_of_transformers(string name)
    {
        using var model = GoldenModels.Load(name);
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path($"{name}/cases.json")));
        var golden = json.RootElement.GetProperty("greedy");
        foreach (var (prompt, output) in GreedyCases(golden))
        {
            var options = GreedyOptions with { MaxNewTokens = output.Length - prompt.Length };
            var completion = new TextGenerator(model, [2]).Generate([prompt], options)[0];
            Assert.Equal(output[prompt.Length..], completion.Ids);
        }
    }

    [Fact]
    public void A_batch_of_prompts_of_unequal_length_gives_what_each_gives_alone()
    {
        using var model = GoldenModels.Load("trl/model_b");
        var prompts = GoldenPairs.Load("trl/dpo_lora/pairs.json").Select(p => p.PromptIds).ToArray();
        var generator = new TextGenerator(model, [2]) { BatchSize = 5 };
        var together = generator.Generate(prompts, GreedyOptions);
        for (var i = 0; i < prompts.Length; i++)
            Assert.Equal(generator.Generate([prompts[i]], GreedyOptions)[0].Ids, together[i].Ids);
    }

    [Fact]
    public void The_cache_gives_the_logits_of_a_whole_pass()
    {
        using var scope = NewDisposeScope();
        using var model = GoldenModels.Load("trl/model_b");
        using var noGradient = no_grad();
        int[] ids = [1, 7, 9, 200, 31, 8, 90, 17];
        using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence(ids, new bool[ids.Length], default)]), CPU);
        var whole = model.Logits(model.Hidden(batch.Inputs, batch.Attention));
        using var cache = new KeyValueCache(model.CacheShape, rows: 2, capacity: 8, ScalarType.Float32, CPU);
        var start = model.Logits(model.Hidden(cache.Append([ids[..3], [5]]), cache)).narrow(0, 0, 3);
        var parts = new List<Tensor> { start };
        for (var t = 3; t < ids.Length; t++) parts.Add(model.Logits(model.Hidden(cache.Append([[ids[t]], []]), cache)));
        Assert.InRange(TensorCompare.RelativeToMax(whole, cat(parts, 0)), 0, 1e-5);
    }

    [Fact]
    public void Equal_seeds_give_equal_samples_and_other_seeds_others()
    {
        using var model = GoldenModels.Load("trl/model_a");
        var options = new SamplingOptions { MaxNewTokens = 16, Seed = 5 };
        int[] Sample(SamplingOptions o) => [.. new TextGenerator(model, []).Generate([[1, 5, 9]], o)[0].Ids];
        Assert.Equal(Sample(options), Sample(options));
        Assert.NotEqual(Sample(options), Sample(options with { Seed = 6 }));
    }

    [Fact]
    public void A_stop_rule_ends_a_completion_and_says_so()
    {
        using var model = GoldenModels.Load("trl/model_a");
        var completion = new TextGenerator(model, []).Generate([[1, 5, 9]], GreedyOptions, ids => ids.Count == 3)[0];
        Assert.Equal((3, FinishReason.Stop), (completion.Ids.Count, completion.FinishReason));
        var other = new TextGenerator(model, []).Generate([[1, 5, 9]], GreedyOptions)[0];
        Assert.Equal((20, FinishReason.Length), (other.Ids.Count, other.FinishReason));
    }

    [Fact]
    public void A_stop_rule_is_told_which_prompt_it_judges()
    {
        using var model = GoldenModels.Load("trl/model_a");
        var generator = new TextGenerator(model, []) { BatchSize = 2 };
        var completions = generator.GenerateInTurn([[1, 5], [1, 6, 9], [1, 7]], GreedyOptions, (prompt, ids) => ids.Count == prompt + 1);
        Assert.Equal([1, 2, 3], completions.Select(c => c.Ids.Count));
    }

    [Fact]
    public void Completions_end_where_the_models_positions_end()
    {
        using var model = GoldenModels.Load("trl/model_a");
        var completions = new TextGenerator(model, []) { MaxPositions = 6 }.Generate([[1, 5, 9], [1]], GreedyOptions);
        Assert.Equal([3, 5], completions.Select(c => c.Ids.Count));
        Assert.All(completions, c => Assert.Equal(FinishReason.Length, c.FinishReason));
    }

    [Fact]
    public void What_could_never_end_is_refused()
    {
        using var model = GoldenModels.Load("trl/model_a");
        var generator = new TextGenerator(model, []) { MaxPositions = 3 };
        Assert.Throws<ArgumentException>(() => generator.Generate([[1], []], GreedyOptions));
        Assert.Throws<ArgumentException>(() => generator.Generate([[1, 2, 3]], GreedyOptions));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([[1]], GreedyOptions with { MaxNewTokens = 0 }));
    }

    private static IEnumerable<(int[] Prompt, int[] Output)> GreedyCases(JsonElement golden)
    {
        int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
        foreach (var item in golden.ValueKind == JsonValueKind.Array ? golden.EnumerateArray().ToArray() : [golden])
            yield return (Ids(item.GetProperty("prompt")), Ids(item.GetProperty("output")));
    }
}
