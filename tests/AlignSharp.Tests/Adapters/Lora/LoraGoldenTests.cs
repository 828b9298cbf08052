using System.Text.Json.Nodes;
using AlignSharp.Adapters.Lora;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Adapters.Lora;

/// <summary>Values and gradients of the real PEFT (golden/qlora/README.md, golden/trl/README.md).</summary>
public class LoraGoldenTests
{
    [Theory]
    [InlineData("lora_f32", 2e-6)]
    [InlineData("rslora_f32", 2e-6)]
    [InlineData("lora_rank_alpha_pattern", 2e-6)]
    [InlineData("lora_bf16_base_f32_adapter", 7.9e-3)] // one unit in the last place of bfloat16
    [InlineData("dora_f32", 2e-6)]
    [InlineData("dora_f32_nobias", 2e-6)]
    [InlineData("dora_rslora_f32", 2e-6)]
    public void A_layer_equals_peft_forward_backward_and_merged(string name, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var golden = SafetensorsFile.Open(Golden.Path("qlora/lora_cases.safetensors"));
        var known = JsonNode.Parse(File.ReadAllText(Golden.Path("qlora/lora_cases.json")))!.AsArray().Single(node => node!["case"]!.GetValue<string>() == name)!;
        Tensor Read(string field) => golden.Read($"{name}.{field}");
        var adapter = new LoraAdapter(AdapterFields.Read(new ConfigFields(name, known["config"]!.AsObject())));
        const string path = "model.layers.1.self_attn.q_proj";
        Assert.Equal((known["r"]!.GetValue<int>(), known["scaling"]!.GetValue<double>()), (adapter.Options.RankOf(path), adapter.Options.ScalingOf(path)));
        var weight = Read("W");
        using var layer = adapter.Around(DenseProjection.Create)(new ProjectionSite(path, weight.size(1), weight.size(0), golden.Contains($"{name}.bias"), IsOutputHead: false, weight.dtype, CPU));
        using (no_grad())
        {
            foreach (var (key, parameter) in layer.named_parameters())
            {
                parameter.copy_(Read(key switch { "lora_A.weight" => "A", "lora_B.weight" => "B", "lora_magnitude_vector.weight" => "magnitude", "base_layer.weight" => "W", _ => "bias" }));
                parameter.requires_grad = key.StartsWith("lora_", StringComparison.Ordinal);
            }
        }
        Tensor Rows(string key) => Read(key) is var rows ? rows.view(-1, rows.shape[^1]) : rows; // the golden has sequences, the engine packed rows
        var x = Rows("x").requires_grad_();
        var y = layer.call(x);
        (y.to(ScalarType.Float32) * Rows("R")).sum().backward();
        AssertNear(Rows("y"), y, tolerance);
        AssertNear(Rows("grad_x"), x.grad!, tolerance);
        foreach (var (trained, field) in adapter.Trained.Zip(["grad_A", "grad_B", "grad_magnitude"])) AssertNear(Read(field), trained.Value.grad!, tolerance);

        adapter.Merge();
        // One rounding here, two in PEFT's safe merge: half a unit of bfloat16 apart at most.
        AssertNear(Read("W_merged"), layer.get_parameter("base_layer.weight")!, weight.dtype == ScalarType.Float32 ? 1e-6 : 8e-3);
        using var noGradient = no_grad();
        AssertNear(Rows("y_merged"), layer.call(x), weight.dtype == ScalarType.Float32 ? 5e-6 : 2e-2);
    }

    [Theory]
    [InlineData("init_pissa", "pissa")]
    [InlineData("init_olora", "olora")]
    public void A_start_from_the_weight_equals_pefts_and_is_taken_out_of_the_base(string name, string start)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var golden = SafetensorsFile.Open(Golden.Path("qlora/lora_cases.safetensors"));
        Tensor Read(string field) => golden.Read($"{name}.{field}");
        var weight = Read("W");
        var adapter = new LoraAdapter(new LoraOptions { Rank = 4, Alpha = 8, Start = AdapterFields.StartOf(start)! });
        using var layer = adapter.Around(DenseProjection.Create)(new ProjectionSite("q_proj", weight.size(1), weight.size(0), HasBias: false, IsOutputHead: false, weight.dtype, CPU));
        var stored = layer.get_parameter("base_layer.weight")!;
        stored.copy_(weight);
        adapter.Initialize(1);
        var (_, a, b) = adapter.Weights.Single();
        // The signs of singular vectors are anybody's.
        AssertNear(Read("B").mm(Read("A")), b.mm(a), 1e-5);
        AssertNear(Read("W_residual"), stored, 1e-5);
        adapter.Initialize(2);
        AssertNear(Read("W_residual"), stored, 1e-5);
    }

    [Fact]
    public void A_model_equals_peft_with_the_adapter_without_it_and_merged()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (model, adapter) = GoldenModels.LoadWithAdapter("trl/model_a", "trl/dpo_preinit/adapter_init");
        using (model)
        {
            using var golden = SafetensorsFile.Open(Golden.Path("trl/dpo_preinit/lora_forward.safetensors"));
            var ids = golden.Read("input_ids")[0].data<long>().ToArray().Select(id => (int)id).ToArray();
            using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence(ids, new bool[ids.Length], default)]), CPU);
            Tensor Logits() => model.Logits(model.Hidden(batch.Inputs, batch.Attention));
            AssertNear(golden.Read("logits_adapter")[0], Logits(), 1e-5);
            using (adapter.Switch(AdapterUse.Off)) AssertNear(golden.Read("logits_base")[0], Logits(), 1e-5);
            AssertNear(golden.Read("logits_adapter")[0], Logits(), 1e-5);
            adapter.Merge();
            AssertNear(golden.Read("logits_merged")[0], Logits(), 1e-5);
            foreach (var (name, parameter) in ModelFolder.BaseParameters(model))
                if (golden.Contains($"merged.{name}")) AssertNear(golden.Read($"merged.{name}"), parameter, 1e-6);
        }
    }

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.InRange(TensorCompare.RelativeToMax(expected, actual), 0, tolerance);
    }
}
