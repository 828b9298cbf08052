using System.Text.Json;
using AlignSharp.Optimizers;
using AlignSharp.Testing;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using AdamW = AlignSharp.Optimizers.AdamW;

namespace AlignSharp.Tests.Optimizers;

public class AdamWTests
{
    [Fact]
    public void Updates_equal_those_of_torch()
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("qlora/optimizers.json")));
        var golden = json.RootElement.GetProperty("small_32bit");
        var parameter = new Parameter(Values(golden.GetProperty("param0")));
        using var optimizer = new AdamW([("w", parameter)], new AdamWOptions { WeightDecay = 0.01, MaxGradNorm = 0 });
        foreach (var (gradient, expected) in golden.GetProperty("grads").EnumerateArray().Zip(golden.GetProperty("torch_adamw").EnumerateArray()))
        {
            parameter.grad = Values(gradient);
            optimizer.Update(2e-4);
            Assert.InRange(TensorCompare.Absolute(Values(expected.GetProperty("param")), parameter), 0, 1e-8);
        }
    }

    // m = 0.1·g, v = 0.001·g²; both corrections restore g and |g|, so a first step is decay, then lr·sign(g).
    [Fact]
    public void The_first_update_is_decay_and_one_rate_against_the_sign()
    {
        using var scope = NewDisposeScope();
        var parameter = Filled(2, -4);
        using var optimizer = new AdamW([("w", parameter)], new AdamWOptions { WeightDecay = 0.5, MaxGradNorm = 0 });
        parameter.grad = tensor(new float[] { 3, -0.25f });
        optimizer.Update(0.1);
        AssertValues(parameter, 2 * (1 - 0.05) - 0.1, -4 * (1 - 0.05) + 0.1);
    }

    [Fact]
    public void A_discarded_gradient_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var parameter = Filled(2, -4);
        using var optimizer = new AdamW([("w", parameter)], new AdamWOptions { WeightDecay = 0.5, MaxGradNorm = 0 });
        parameter.grad = tensor(new float[] { 3, -0.25f });
        optimizer.DiscardGradients();
        Assert.Null(parameter.grad);
        AssertValues(parameter, 2, -4);
    }

    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj.weight", true)]
    [InlineData("model.embed_tokens.weight", true)]
    [InlineData("lm_head.weight", true)]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", true)]
    [InlineData("model.layers.0.self_attn.q_proj.bias", false)]
    [InlineData("model.layers.0.input_layernorm.weight", false)]
    [InlineData("model.layers.0.post_attention_layernorm.weight", false)]
    [InlineData("model.norm.weight", false)]
    public void Norms_and_biases_are_not_decayed(string name, bool decayed)
    {
        Assert.Equal(decayed, AdamW.IsDecayed(name));
        using var scope = NewDisposeScope();
        var parameter = Filled(1);
        using var optimizer = new AdamW([(name, parameter)], new AdamWOptions { WeightDecay = 0.5 });
        parameter.grad = zeros(1);
        optimizer.Update(0.1);
        AssertValues(parameter, decayed ? 0.95 : 1);
    }

    [Fact]
    public void The_norm_is_that_before_clipping_and_spans_all_parameters()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Filled(0), Filled(0));
        // With an epsilon that dwarfs the gradient the step is nearly proportional to it, so clipping shows.
        using var optimizer = new AdamW([("a", first), ("b.bias", second)], new AdamWOptions { MaxGradNorm = 0.5, Epsilon = 1000 });
        (first.grad, second.grad) = (ones(1) * 3, ones(1) * 4);
        var update = optimizer.Update(1000);
        Assert.Equal(5, update.GradNorm, 1e-6);
        Assert.Equal(1000, update.LearningRate);
        AssertValues(first, -0.3 / 1.0003, 1e-6);
        AssertValues(second, -0.4 / 1.0004, 1e-6);
    }

    [Fact]
    public void A_rate_of_zero_changes_no_parameter_but_counts_as_a_step()
    {
        using var scope = NewDisposeScope();
        var parameter = Filled(1, 2);
        using var optimizer = new AdamW([("w", parameter)], new AdamWOptions { WeightDecay = 0.5, MaxGradNorm = 0 });
        parameter.grad = tensor(new float[] { 1, 1 });
        optimizer.Update(0);
        AssertValues(parameter, 1, 2);
        // Second moments of two equal gradients: bias correction has seen both, the step is one rate again.
        parameter.grad = tensor(new float[] { 1, 1 });
        optimizer.Update(0.1);
        AssertValues(parameter, 1 * 0.95 - 0.1, 2 * 0.95 - 0.1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_changes_nothing(float bad)
    {
        using var scope = NewDisposeScope();
        var (parameter, other) = (Filled(1, 2), Filled(3));
        using var optimizer = new AdamW([("w", parameter), ("v", other)], new AdamWOptions());
        (parameter.grad, other.grad) = (tensor(new float[] { bad, 1 }), ones(1));
        Assert.False(double.IsFinite(optimizer.Update(0.1).GradNorm));
        AssertValues(parameter, 1, 2);
        AssertValues(other, 3);
        (parameter.grad, other.grad) = (ones(2), ones(1));
        Assert.Equal(Math.Sqrt(3), optimizer.Update(0.1).GradNorm, 1e-6);
        AssertValues(other, 2.9);
    }

    private static Parameter Filled(params float[] values) => new(tensor(values));

    private static Tensor Values(JsonElement json) =>
        tensor(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(json.GetProperty("b64").GetString()!)).ToArray());

    private static void AssertValues(Tensor actual, params double[] expected)
    {
        foreach (var (value, wanted) in actual.data<float>().ToArray().Zip(expected)) Assert.Equal(wanted, value, 1e-5);
    }
}
