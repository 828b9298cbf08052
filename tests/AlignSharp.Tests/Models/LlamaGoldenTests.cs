using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Models;

/// <summary>Logits, log-probabilities and gradients of transformers' LlamaForCausalLM (golden/trl/README.md).</summary>
public class LlamaGoldenTests
{
    [Theory]
    [InlineData("trl/model_a", "right")]
    [InlineData("trl/model_a", "left_explicitpos")]
    [InlineData("trl/model_a", "long")]
    [InlineData("trl/model_b", "right")]
    [InlineData("trl/model_b", "left_explicitpos")]
    [InlineData("trl/model_b", "long")]
    public void Logits_equal_those_of_transformers(string name, string caseName)
    {
        using var scope = NewDisposeScope();
        using var model = GoldenModels.Load(name);
        using var cases = SafetensorsFile.Open(Golden.Path($"{name}/cases.safetensors"));
        var rows = Rows(cases, caseName);
        using var noGradient = no_grad();
        var logits = Logits(model, [.. rows.Select(r => r.Ids)]);
        foreach (var (row, actual) in rows.Zip(logits))
            Assert.InRange(TensorCompare.RelativeToMax(GoldenLogits(cases, caseName, row), actual), 0, 1e-5);
    }

    [Theory]
    [InlineData("trl/model_a")]
    [InlineData("trl/model_b")]
    public void Bfloat16_logits_stay_near_those_of_transformers_in_bfloat16(string name)
    {
        using var scope = NewDisposeScope();
        using var model = GoldenModels.Load(name, ScalarType.BFloat16);
        using var cases = SafetensorsFile.Open(Golden.Path($"{name}/cases.safetensors"));
        using var noGradient = no_grad();
        var rows = Rows(cases, "right");
        var expected = cases.Read("right.logits_bf16model");
        foreach (var (row, actual) in rows.Zip(Logits(model, [.. rows.Select(r => r.Ids)])))
            Assert.InRange(TensorCompare.RelativeL2(expected[row.Index].narrow(0, row.Start, row.Ids.Length), actual), 0, Math.Pow(2, -6));
    }

    [Theory]
    [InlineData("trl/model_a")]
    [InlineData("trl/model_b")]
    public void Token_log_probabilities_and_gradients_equal_those_of_transformers(string name)
    {
        using var scope = NewDisposeScope();
        using var model = GoldenModels.Load(name);
        foreach (var parameter in model.parameters()) parameter.requires_grad = true;
        using var cases = SafetensorsFile.Open(Golden.Path($"{name}/cases.safetensors"));
        var labels = cases.Read("right.labels");
        var golden = cases.Read("right.per_token_logps");
        var rows = Rows(cases, "right");
        var sequences = rows.Select(r => new TokenizedSequence(r.Ids, [.. Enumerable.Range(0, r.Ids.Length).Select(t => labels[r.Index, t].item<long>() != -100)], default)).ToArray();
        using var batch = new TokenBatch(Packer.Pack(sequences), CPU);
        var scores = model.Score(batch);
        var expected = cat([.. rows.SelectMany(r => Enumerable.Range(1, r.Ids.Length - 1).Where(t => labels[r.Index, t].item<long>() != -100).Select(t => golden[r.Index, t - 1].unsqueeze(0)))]);
        Assert.InRange(TensorCompare.RelativeToMax(expected, scores.Tokens.Logps), 0, 1e-5);

        var loss = -scores.Tokens.Logps.mean();
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path($"{name}/cases.json")));
        var right = json.RootElement.TryGetProperty("cases", out var inner) ? inner.GetProperty("right") : json.RootElement.GetProperty("right");
        Assert.Equal(right.GetProperty("loss").GetDouble(), loss.item<float>(), 2e-6);
        loss.backward();
        using var gradients = SafetensorsFile.Open(Golden.Path($"{name}/grads_right.safetensors"));
        foreach (var (key, parameter) in ModelFolder.BaseParameters(model))
        {
            var difference = GradientDifference(gradients.Read(key), parameter.grad!, skipFirstRow: key == "model.embed_tokens.weight");
            Assert.True(difference <= 1e-5, $"{key}: {difference}");
        }
    }

    [Fact]
    public void State_dict_keys_are_those_of_the_checkpoint()
    {
        foreach (var name in new[] { "trl/model_a", "trl/model_b" })
        {
            using var model = GoldenModels.Load(name);
            using var file = Checkpoint.Open(Golden.Path(name));
            Assert.Equal(file.Names.Order(), ModelFolder.BaseParameters(model).Select(p => p.Key).Order());
        }
    }

    // torch's Embedding with padding_idx gives its row no gradient from the embedding; ours has no padding row.
    private static double GradientDifference(Tensor expected, Tensor actual, bool skipFirstRow) => skipFirstRow
        ? TensorCompare.RelativeL2(expected.narrow(0, 1, expected.shape[0] - 1), actual.narrow(0, 1, actual.shape[0] - 1))
        : TensorCompare.RelativeL2(expected, actual);

    private static Tensor GoldenLogits(SafetensorsFile cases, string caseName, (int Index, int Start, int[] Ids) row) =>
        cases.Read($"{caseName}.logits")[row.Index].narrow(0, row.Start, row.Ids.Length);

    // The real tokens of each row: padding is left out, we never compute it.
    private static List<(int Index, int Start, int[] Ids)> Rows(SafetensorsFile cases, string caseName)
    {
        var ids = cases.Read($"{caseName}.input_ids");
        var mask = cases.Read($"{caseName}.attention_mask");
        var rows = new List<(int, int, int[])>();
        for (var i = 0; i < ids.shape[0]; i++)
        {
            var real = Enumerable.Range(0, (int)ids.shape[1]).Where(t => mask[i, t].item<long>() == 1).ToArray();
            rows.Add((i, real[0], [.. real.Select(t => (int)ids[i, t].item<long>())]));
        }
        return rows;
    }

    private static Tensor[] Logits(CausalLanguageModel model, IReadOnlyList<int[]> rows)
    {
        using var batch = new TokenBatch(Packer.Pack([.. rows.Select(r => new TokenizedSequence(r, new bool[r.Length], default))]), CPU);
        var logits = model.Logits(model.Hidden(batch.Inputs, batch.Attention));
        return [.. batch.Packed.Segments.Select(s => logits.narrow(0, s.Start, s.Length))];
    }
}
