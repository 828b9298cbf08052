using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Models.Llama;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Models;

/// <summary>Packed pairs with a shared prompt against the plain model, which computes each sequence alone.</summary>
public class PackedPairsTests
{
    private static readonly TokenizedPair[] Pairs =
    [
        Pair(5, 4, 6), Pair(1, 1, 1), Pair(3, 1, 9), Pair(8, 7, 2), Pair(0, 3, 5), Pair(2, 4, 4), Pair(0, 1, 2),
    ];

    public static TheoryData<string> ShapeNames => [.. Shapes.Keys];

    private static readonly Dictionary<string, LlamaConfig> Shapes = new()
    {
        ["grouped heads"] = TinyLlama.Config,
        ["all heads"] = TinyLlama.Config with { KeyValueHeads = 4 },
        ["one key-value head"] = TinyLlama.Config with { KeyValueHeads = 1 },
        ["tied"] = TinyLlama.Config with { TieWordEmbeddings = true },
        ["attention bias"] = TinyLlama.Config with { AttentionBias = true },
        ["mlp bias"] = TinyLlama.Config with { MlpBias = true },
        ["wide heads"] = TinyLlama.Config with { HeadDim = 12 },
        ["another base of positions"] = TinyLlama.Config with { RopeTheta = 500, RmsNormEpsilon = 0.1 },
    };

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Log_probabilities_and_gradients_equal_separate_sequences(string shape)
    {
        using var scope = NewDisposeScope();
        using var model = TinyLlama.Create(Shapes[shape], seed: 1);
        var (expected, expectedGradients) = Oracle(model, Pairs);
        var (actual, actualGradients) = Packed(model, Pairs);
        Assert.InRange(TensorCompare.Absolute(expected, actual), 0, 1e-4); // sums of up to nine log-probabilities near -5
        Assert.InRange(TensorCompare.RelativeL2(expected, actual), 0, 1e-6);
        foreach (var (name, gradient) in expectedGradients)
            Assert.True(TensorCompare.RelativeL2(gradient, actualGradients[name]) <= 1e-5, $"{name}: {TensorCompare.RelativeL2(gradient, actualGradients[name])}");
    }

    [Theory]
    [InlineData(0, 1, 2, 3, 4, 5, 6)]
    [InlineData(6, 5, 4, 3, 2, 1, 0)]
    [InlineData(3, 1, 4, 0, 6, 5, 2)]
    public void Neither_order_nor_company_changes_a_pair(params int[] order)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyLlama.Create(TinyLlama.Config, seed: 1);
        foreach (var size in new[] { 1, 2, 3, 7 })
        {
            foreach (var rows in order.Chunk(size))
            {
                var together = Score(model, [.. rows.Select(r => Pairs[r])]);
                foreach (var (i, row) in rows.Index())
                {
                    var alone = Score(model, [Pairs[row]]);
                    Assert.InRange(TensorCompare.Absolute(alone.Chosen[0], together.Chosen[i]), 0, 1e-5);
                    Assert.InRange(TensorCompare.Absolute(alone.Rejected[0], together.Rejected[i]), 0, 1e-5);
                }
            }
        }
    }

    [Fact]
    public void A_batch_in_which_nothing_is_scored_has_zero_log_probabilities_and_gradients()
    {
        using var scope = NewDisposeScope();
        using var model = TinyLlama.Create(TinyLlama.Config, seed: 1);
        var (logps, gradients) = Packed(model, [Pair(0, 1, 1)]);
        Assert.Equal(0, logps.abs().sum().item<float>());
        Assert.All(gradients.Values, gradient => Assert.Equal(0, gradient.abs().sum().item<float>()));
    }

    [Fact]
    public void A_token_sees_nothing_behind_it()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyLlama.Create(TinyLlama.Config, seed: 1);
        var pair = Pairs[0];
        var changed = pair with { ChosenIds = [.. pair.ChosenIds[..^1], 90], RejectedIds = [.. pair.RejectedIds[..^1], 91] };
        using var before = new TokenBatch(Packer.Pack([pair]), CPU);
        using var after = new TokenBatch(Packer.Pack([changed]), CPU);
        var (first, second) = (model.Score(before).Tokens.Logps, model.Score(after).Tokens.Logps);
        var chosen = pair.ChosenIds.Length;
        Assert.Equal(0, TensorCompare.Absolute(first.narrow(0, 0, chosen - 1), second.narrow(0, 0, chosen - 1)));
        Assert.Equal(0, TensorCompare.Absolute(first.narrow(0, chosen, pair.RejectedIds.Length - 1), second.narrow(0, chosen, pair.RejectedIds.Length - 1)));
    }

    private static (Tensor Logps, Dictionary<string, Tensor> Gradients) Oracle(LlamaModel model, TokenizedPair[] pairs)
    {
        var oracle = TinyLlama.Oracle(model);
        var logps = stack([.. pairs.Select(p => oracle.CompletionLogp(p.PromptIds, p.ChosenIds)), .. pairs.Select(p => oracle.CompletionLogp(p.PromptIds, p.RejectedIds))], 0);
        return (logps, Gradients(model, logps));
    }

    private static (Tensor Logps, Dictionary<string, Tensor> Gradients) Packed(LlamaModel model, TokenizedPair[] pairs)
    {
        using var batch = new TokenBatch(Packer.Pack(pairs), CPU);
        var logps = model.Score(batch).Sequences.Sum;
        return (logps, Gradients(model, logps));
    }

    // Weighted unevenly, so that no two sequences can be exchanged unnoticed.
    private static Dictionary<string, Tensor> Gradients(LlamaModel model, Tensor logps)
    {
        model.zero_grad();
        (logps * arange(1, logps.shape[0] + 1, dtype: ScalarType.Float32)).sum().backward();
        return ModelFolder.BaseParameters(model).ToDictionary(p => p.Key, p => p.Value.grad!.clone());
    }

    private static PairLogps Score(LlamaModel model, TokenizedPair[] pairs)
    {
        using var batch = new TokenBatch(Packer.Pack(pairs), CPU);
        return model.Score(batch).Sequences.ToPairs();
    }

    private static TokenizedPair Pair(int prompt, int chosen, int rejected)
    {
        var random = new Random(prompt * 100 + chosen * 10 + rejected);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, 90))];
        return new TokenizedPair(Ids(prompt), Ids(chosen), Ids(rejected), new RowPosition("pairs.jsonl", 1));
    }
}
