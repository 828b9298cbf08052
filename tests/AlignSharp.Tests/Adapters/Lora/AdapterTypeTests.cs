using AlignSharp.Adapters.Lora;
using AlignSharp.Models;
using AlignSharp.Optimizers;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Adapters.Lora;

/// <summary>Adapters in bfloat16: the numbers of a float32 adapter of the same values, with gradients rounded once.</summary>
public class AdapterTypeTests
{
    public static TheoryData<string, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<string, ScalarType>();
            foreach (var variant in LoraVariantTests.Variants.Keys)
                foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 }) cases.Add(variant, type);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_bfloat16_adapter_computes_what_a_float32_one_of_its_values_does(string variant, ScalarType activations)
    {
        using var scope = NewDisposeScope();
        var (wide, wideGradients, values) = Run(variant, activations, ScalarType.Float32);
        var (narrow, gradients, _) = Run(variant, activations, ScalarType.BFloat16, values);
        var isWhole = LoraVariantTests.Variants[variant].ModulesToSave.Count > 0; // products of other types, in another order
        var rounding = activations == ScalarType.BFloat16 ? 0.02 : 1e-5;
        Assert.InRange(TensorCompare.RelativeToMax(wide, narrow), 0, isWhole ? rounding : 0);
        foreach (var (one, other) in wideGradients.Zip(gradients))
        {
            Assert.Equal((ScalarType.Float32, ScalarType.BFloat16), (one.dtype, other.dtype));
            if (isWhole) Assert.InRange(TensorCompare.RelativeToMax(one, other.to(ScalarType.Float32)), 0, Math.Max(rounding, 1.0 / (1 << 8)));
            else Assert.Equal(0, TensorCompare.Absolute(one.to(ScalarType.BFloat16), other));
        }
    }

    [Theory]
    [InlineData(1, ScalarType.Float32)]
    [InlineData(7, ScalarType.BFloat16)]
    [InlineData(40, ScalarType.Float32)]
    [InlineData(40, ScalarType.BFloat16)]
    public void A_map_with_bfloat16_factors_is_that_of_float64(int rows, ScalarType type)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor Make(ScalarType of, params long[] shape) => (randn(shape) / Math.Sqrt(shape[^1])).to(of);
        Tensor[] values = [Make(type, rows, 48), Make(type, 32, 48), Make(ScalarType.BFloat16, 6, 48), Make(ScalarType.BFloat16, 32, 6), Make(ScalarType.BFloat16, 32)];
        var weights = randn(rows, 32, ScalarType.Float64);
        Tensor[] Evaluate(Func<Tensor, Tensor> convert)
        {
            Tensor[] own = [.. values.Select(value => convert(value.clone()).requires_grad_())];
            var output = Linear.Apply(own[0], new LinearMap(own[1].detach(), null, new LowRankUpdate(own[2], own[3], 1.5, 0, own[4])));
            Backpropagation.Run((output.to(ScalarType.Float64) * weights).sum());
            return [output, own[0].grad!, own[2].grad!, own[3].grad!, own[4].grad!];
        }
        var (oracle, ours) = (Evaluate(value => value.to(ScalarType.Float64)), Evaluate(value => value));
        Assert.Equal([type, type, ScalarType.BFloat16, ScalarType.BFloat16, ScalarType.BFloat16], ours.Select(tensor => tensor.dtype));
        foreach (var (expected, found) in oracle.Zip(ours))
            Assert.InRange(TensorCompare.RelativeToMax(expected, found.to(ScalarType.Float64)), 0, found.dtype == ScalarType.Float32 ? 1e-6 : 1.5 / (1 << 7));
    }

    [Fact]
    public void A_merge_of_a_bfloat16_adapter_is_the_model_that_it_was()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, options) in LoraVariantTests.Variants)
        {
            using var model = LoraVariantTests.Adapted(options, out var adapter, adapterType: ScalarType.BFloat16);
            adapter.Initialize(1);
            random.manual_seed(5);
            LoraVariantTests.Disturb(adapter, 0.05);
            var before = LoraVariantTests.Logits(model);
            adapter.Merge();
            // DoRA's lengths are fitted anew after the merge, into bfloat16.
            Assert.True(TensorCompare.RelativeToMax(before, LoraVariantTests.Logits(model)) <= (options.Decomposed ? 0.02 : 1e-5), name);
        }
    }

    [Fact]
    public void Only_an_update_of_zero_begins_as_the_base()
    {
        foreach (var (name, options) in LoraVariantTests.Variants)
        {
            Assert.True(new LoraAdapter(options).BeginsAsBase, name);
            var begins = name is "patterns" or "bias of B" or "embedding" or "gaussian";
            Assert.True(begins == new LoraAdapter(options, ScalarType.BFloat16).BeginsAsBase, name);
        }
        Assert.Throws<ArgumentException>(() => new LoraAdapter(new LoraOptions(), ScalarType.Float16));
    }

    [Fact]
    public void An_optimizer_moves_it_in_its_own_type()
    {
        using var scope = NewDisposeScope();
        using var model = LoraVariantTests.Adapted(LoraVariantTests.Variants["patterns"], out var adapter, adapterType: ScalarType.BFloat16);
        adapter.Initialize(1);
        foreach (var parameter in adapter.Parameters) parameter.requires_grad = true;
        using var optimizer = new AdamW(adapter.Trained.Select(trained => (trained.Name, trained.Value)), new AdamWOptions());
        double Loss(bool moves)
        {
            using var inner = NewDisposeScope();
            var loss = LoraVariantTests.Recorded(model).to(ScalarType.Float32).pow(2).mean();
            if (moves)
            {
                Backpropagation.Run(loss);
                optimizer.Update(1e-2);
            }
            return loss.item<float>();
        }
        var first = Loss(moves: true);
        for (var step = 0; step < 5; step++) Loss(moves: true);
        Assert.InRange(Loss(moves: false), 0, 0.95 * first);
        Assert.All(adapter.Parameters, parameter => Assert.Equal(ScalarType.BFloat16, parameter.dtype));
    }

    private static (Tensor Logits, Tensor[] Gradients, Tensor[] Values) Run(string variant, ScalarType activations, ScalarType adapterType, Tensor[]? values = null)
    {
        using var model = LoraVariantTests.Adapted(LoraVariantTests.Variants[variant], out var adapter, activations, adapterType);
        adapter.Initialize(1);
        random.manual_seed(5);
        values ??= [.. adapter.Parameters.Select(parameter => parameter.detach().Plus(randn(parameter.shape).Times(0.05)).to(ScalarType.BFloat16))];
        using (no_grad())
            foreach (var (parameter, value) in adapter.Parameters.Zip(values)) parameter.copy_(value);
        foreach (var parameter in adapter.Parameters) parameter.requires_grad = true;
        var logits = LoraVariantTests.Recorded(model);
        Backpropagation.Run(logits.to(ScalarType.Float32).pow(2).sum());
        return (logits.detach().clone(), [.. adapter.Parameters.Select(parameter => parameter.grad!.clone())], values);
    }
}
