using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Generation;

/// <summary>Generation with a key-value cache, prompts at once and then token by token, against one pass over each whole sequence.</summary>
public class DecodingTests
{
    private static readonly Random Ids = new(41);

    // Rows of other lengths, a prompt of one token among them; the second ends early.
    private static readonly int[][] Rows = [Row(40), Row(9), Row(19), Row(70), Row(33)];

    private static readonly int[] Prompts = [3, 5, 1, 37, 16];

    /// <summary>Heads, key-value heads, width of a head.</summary>
    public static TheoryData<int, int, int> Heads => new() { { 4, 4, 8 }, { 4, 2, 8 }, { 4, 1, 20 }, { 2, 2, 64 }, { 6, 3, 80 } };

    [Theory]
    [MemberData(nameof(Heads))]
    public void Kernels_and_the_plain_form_give_the_logits_of_a_whole_pass(int heads, int keyHeads, int width)
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 }) AssertDecoded(heads, keyHeads, width, type, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void In_bfloat16_the_logits_stay_near_those_of_a_whole_pass(int heads, int keyHeads, int width)
    {
        // Two layers of some twenty roundings each, every one up to 2⁻⁸, of either sign.
        AssertDecoded(heads, keyHeads, width, ScalarType.BFloat16, Math.Sqrt(40) * Math.Pow(2, -8));
    }

    [Fact]
    public void A_row_has_the_same_logits_in_any_company()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyLlama.Create(TinyLlama.Config, 1);
        var together = Decoded(model, Rows, Prompts);
        for (var row = 0; row < Rows.Length; row++) Assert.InRange(TensorCompare.RelativeToMax(together[row], Decoded(model, [Rows[row]], [Prompts[row]])[0]), 0, 1e-5);
    }

    [Fact]
    public void Tokens_may_be_appended_in_pieces_of_any_length()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyLlama.Create(TinyLlama.Config, 1);
        var whole = Whole(model, Rows[3]);
        using var cache = new KeyValueCache(model.CacheShape, rows: 2, capacity: 70, ScalarType.Float32, CPU);
        var parts = new List<Tensor>();
        for (var (start, length) = (0, 1); start < 70; start += length, length = length * 2 + 1)
        {
            // Now and then the other row goes on as well.
            int[] other = length is 3 or 15 ? [5, 6] : [];
            var count = Math.Min(length, 70 - start);
            parts.Add(model.Logits(model.Hidden(cache.Append([other, Rows[3][start..(start + count)]]), cache)).narrow(0, other.Length, count));
        }
        Assert.InRange(TensorCompare.RelativeToMax(whole, cat(parts, 0)), 0, 1e-5);
        Assert.Equal([4, 70], cache.Lengths);
    }

    [Fact]
    public void A_row_that_would_outgrow_the_cache_is_refused_and_a_pass_without_tokens_announced_too()
    {
        using var scope = NewDisposeScope();
        using var model = TinyLlama.Create(TinyLlama.Config, 1);
        using var cache = new KeyValueCache(model.CacheShape, rows: 1, capacity: 4, ScalarType.Float32, CPU);
        Assert.Throws<InvalidOperationException>(() => cache.Attend(0, ones(1, 4, 8), ones(1, 2, 8), ones(1, 2, 8)));
        cache.Append([[1, 2, 3]]);
        Assert.Throws<InvalidOperationException>(() => cache.Append([[4, 5]]));
    }

    [Fact]
    public void Decoding_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyLlama.Create(TinyLlama.Config, 1);
        Assert.Equal(0, LeakCheck.Growth(() =>
        {
            using var pass = NewDisposeScope();
            Decoded(model, Rows, Prompts);
        }));
    }

    private static void AssertDecoded(int heads, int keyHeads, int width, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Model(heads, keyHeads, width, type);
        var decoded = Decoded(model, Rows, Prompts);
        for (var row = 0; row < Rows.Length; row++)
        {
            var whole = Whole(model, Rows[row]);
            Assert.Equal(whole.shape, decoded[row].shape);
            var difference = TensorCompare.RelativeL2(whole, decoded[row]);
            Assert.True(difference <= tolerance, $"{type}, row {row}: {difference}");
        }
    }

    private static LlamaModel Model(int heads, int keyHeads, int width, ScalarType type) =>
        TinyLlama.Create(TinyLlama.Config with { Heads = heads, KeyValueHeads = keyHeads, HeadDim = width }, 1, type: type);

    private static Tensor Whole(LlamaModel model, int[] ids)
    {
        using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence(ids, new bool[ids.Length], default)]), CPU);
        return model.Logits(model.Hidden(batch.Inputs, batch.Attention));
    }

    // The logits of every position of every row: all prompts in one call, then one token a call of each row that is not at its end.
    private static Tensor[] Decoded(LlamaModel model, int[][] rows, int[] prompts)
    {
        using var cache = new KeyValueCache(model.CacheShape, rows.Length, rows.Max(row => row.Length), model.ComputeType, CPU);
        var logits = Array.ConvertAll(rows, _ => new List<Tensor>());
        var pending = rows.Zip(prompts, (row, prompt) => row[..prompt]).ToArray();
        while (pending.Any(ids => ids.Length > 0))
        {
            var all = model.Logits(model.Hidden(cache.Append(pending), cache));
            for (int row = 0, token = 0; row < rows.Length; token += pending[row++].Length)
                if (pending[row].Length > 0) logits[row].Add(all.narrow(0, token, pending[row].Length));
            pending = [.. rows.Select((row, i) => row[cache.Lengths[i]..Math.Min(row.Length, cache.Lengths[i] + 1)])];
        }
        return Array.ConvertAll(logits, parts => cat(parts, 0));
    }

    private static int[] Row(int length) => [.. Enumerable.Range(0, length).Select(_ => Ids.Next(96))];
}
