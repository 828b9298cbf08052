using AlignSharp.Adapters.Lora;
using AlignSharp.Adapters.Lora.Starts;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Quantization;
using AlignSharp.Recipes;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using AlignSharp.Tests.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Adapters.Lora.Starts;

/// <summary>Starts that take a part of the base, over bases of 4 bits (golden/qlora/README.md, tiny_qlora).</summary>
public sealed class QuantizedStartTests : IDisposable
{
    private static readonly string Full = Golden.Path("qlora/tiny_qlora/base_full"), Stored = Golden.Path("qlora/tiny_qlora/base_bnb4");
    private static readonly FourBitOptions Nested = new() { DoubleQuantization = true };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 8, false)]
    [InlineData(1, 32, false)]
    [InlineData(4, 8, false)]
    [InlineData(4, 32, true)]
    public void A_model_that_starts_with_loftq_is_nearer_to_the_original_than_plain_four_bits(int iterations, int rank, bool inBfloat16)
    {
        using var scope = NewDisposeScope();
        using var expected = SafetensorsFile.Open(Golden.Path("qlora/tiny_qlora/expected.safetensors"));
        Tensor original = expected.Read("base_full.logits_fp32"), plain = expected.Read("base4bit.logits");
        using var policy = Load(Options(new LoftQStart(iterations)) with { Rank = rank, Alpha = 2 * rank }, Nested, inBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        policy.Adapter!.Initialize(1);
        var (alone, started) = (Distance(plain, original), Distance(Golden4(policy.Model, plain), original));
        Assert.InRange(started, 0, (rank == 32 ? 0.6 : 0.95) * alone);
        using (policy.Adapter.Switch(AdapterUse.Off)) Assert.InRange(Distance(Golden4(policy.Model, plain), original), 0, (rank == 32 ? 0.6 : 0.95) * alone);
    }

    [Fact]
    public void Of_one_turn_the_base_is_the_plain_quantised_one_and_the_start_the_best_update_of_its_loss()
    {
        using var scope = NewDisposeScope();
        using var started = Load(Options(new LoftQStart(1)), new FourBitOptions());
        using var plain = PolicyLoader.Load(Full, null, ScalarType.Float32, CPU, fourBit: new FourBitOptions());
        using var original = Checkpoint.Open(Full);
        var bases = ModelFolder.QuantizedProjections(plain.Model).ToDictionary();
        foreach (var (path, projection) in ModelFolder.QuantizedProjections(started.Model)) Assert.Equal(0, TensorCompare.Absolute(bases[path].Weight.Matrix.Codes, projection.Weight.Matrix.Codes));
        foreach (var weights in started.Adapter!.Weights)
        {
            var lost = original.Read($"{weights.Path}.weight", ScalarType.Float32) - bases[weights.Path].Weight.Matrix.Expand(ScalarType.Float32);
            var left = lost - weights.B.mm(weights.A) * started.Adapter.Options.Scaling;
            // Eckart and Young: what is left has the norm of the other singular values.
            Assert.Equal(1, linalg.svdvals(lost).narrow(0, 8, Math.Min(lost.shape[0], lost.shape[1]) - 8).norm().item<float>() / left.norm().item<float>(), 1e-4);
        }
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(3, true, false)]
    [InlineData(2, false, true)]
    public void Loading_repeats_the_decomposition(int iterations, bool decomposed, bool inBfloat16)
    {
        using var scope = NewDisposeScope();
        using var first = Load(Options(new LoftQStart(iterations)) with { Decomposed = decomposed }, Nested, inBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        first.Adapter!.Initialize(1);
        using (no_grad()) foreach (var parameter in first.Adapter.Parameters) parameter.add_(randn_like(parameter) * 0.02);
        AdapterFolder.Save(_folder.Path, first.Adapter, Full, origin: null);
        Assert.Equal(new LoftQStart(iterations), AdapterConfigFile.Read(_folder.Path).Options.Start);

        using var again = PolicyLoader.Load(Full, _folder.Path, ScalarType.Float32, CPU, fourBit: Nested);
        Assert.Equal(0, TensorCompare.Absolute(Logits(first.Model), Logits(again.Model)));
        using (first.Adapter.Switch(AdapterUse.Off))
        using (again.Adapter!.Switch(AdapterUse.Off)) Assert.Equal(0, TensorCompare.Absolute(Logits(first.Model), Logits(again.Model)));

        AssertLine($"init_lora_weights: loftq of {_folder.Path} makes up for a quantisation", () => PolicyLoader.Load(Full, _folder.Path, ScalarType.Float32, CPU));
        AssertLine("is stored in 4 bits; give the base in full precision with load_in_4bit: true", () => PolicyLoader.Load(Stored, _folder.Path, ScalarType.Float32, CPU));
    }

    [Fact]
    public void A_projection_in_full_precision_begins_plainly()
    {
        using var scope = NewDisposeScope();
        using var policy = Load(Options(new LoftQStart(1)) with { Targets = new NamedTargets(["lm_head", "q_proj"]) }, Nested);
        policy.Adapter!.Initialize(1);
        var head = policy.Adapter.Weights.Single(weights => weights.Path == "lm_head");
        Assert.Equal(0, head.B.abs().max().item<float>());
        Assert.InRange(head.A.abs().max().item<float>(), 0.5 / 8, 1.0 / 8);
        Assert.All(policy.Adapter.Weights.Where(weights => weights.Path != "lm_head"), weights => Assert.True(weights.B.abs().max().item<float>() > 0));
    }

    [Fact]
    public void Olora_over_four_bits_keeps_the_model_but_for_a_second_quantisation()
    {
        using var scope = NewDisposeScope();
        using var plain = PolicyLoader.Load(Stored, null, ScalarType.Float32, CPU);
        using var original = PolicyLoader.Load(Full, null, ScalarType.Float32, CPU);
        // What quantising costs at all is the measure of what quantising again may cost.
        var cost = Distance(Logits(plain.Model), Logits(original.Model));
        foreach (var (folder, fourBit) in new[] { (Stored, null), (Full, Nested) })
        {
            using var policy = PolicyLoader.Load(folder, null, ScalarType.Float32, CPU, Options(new OloraStart()), fourBit);
            policy.Adapter!.Initialize(1);
            Assert.InRange(Distance(Logits(plain.Model), Logits(policy.Model)), 1e-6, 1.5 * cost);
            Assert.True(ModelFolder.QuantizedProjections(policy.Model).All(p => p.Value.Weight.RecordedType == ScalarType.Float32));
            var start = Logits(policy.Model);
            using (policy.Adapter.Switch(AdapterUse.Off)) Assert.InRange(TensorCompare.Absolute(start, Logits(policy.Model)), 0, 1e-5);
        }
    }

    [Fact]
    public void What_a_start_cannot_have_is_one_line_that_names_the_key()
    {
        AssertLine("init_lora_weights: pissa begins with a part of weights in full precision, and load_in_4bit quantises them", () => Load(Options(new PissaStart(null)), Nested));
        AssertLine("loftq is the start for 4 bits", () => PolicyLoader.Load(Stored, null, ScalarType.Float32, CPU, Options(new PissaStart(4))));
        AssertLine("init_lora_weights: loftq makes up for a quantisation, and without load_in_4bit there is none", () => PolicyLoader.Load(Full, null, ScalarType.Float32, CPU, Options(new LoftQStart(1))));
        AssertLine("init_lora_weights: loftq quantises weights in full precision, and", () => PolicyLoader.Load(Stored, null, ScalarType.Float32, CPU, Options(new LoftQStart(1)), Nested));
        AssertLine("lora_r: 65 is more than the weight of", () => Load(Options(new LoftQStart(1)) with { Rank = 65 }, Nested));
        var model = PolicyLoader.Load(Stored, null, ScalarType.Float32, CPU, Options(new OloraStart()));
        using (model)
        {
            var adapter = new LoraAdapter(Options(new LoftQStart(1)));
            using var bare = ModelFolder.Load(Stored, model.Config, ScalarType.Float32, CPU, adapter.Around);
            AssertLine("init_lora_weights: loftq begins from weights in full precision", () => adapter.Initialize(1));
        }
    }

    private static LoraOptions Options(LoraStart start) => new() { Rank = 8, Alpha = 16, Targets = new AllLinearTargets(), Start = start };

    private static Policy Load(LoraOptions options, FourBitOptions fourBit, ScalarType adapterType = ScalarType.Float32) =>
        PolicyLoader.Load(Full, null, ScalarType.Float32, CPU, options, fourBit, adapterType);

    private static void AssertLine(string expected, Action action)
    {
        var message = Assert.Throws<ConfigurationException>(action).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static double Distance(Tensor one, Tensor other) => (one - other).pow(2).mean().sqrt().item<float>();

    private static Tensor Logits(CausalLanguageModel model)
    {
        using var file = SafetensorsFile.Open(Golden.Path("qlora/tiny_qlora/expected.safetensors"));
        return Golden4(model, file.Read("base4bit.logits"));
    }

    // The golden's rows; what is padding there is padding here as well, so that shapes agree, and stays behind what is compared.
    private static Tensor Golden4(CausalLanguageModel model, Tensor like)
    {
        using var noGradient = no_grad();
        using var file = SafetensorsFile.Open(Golden.Path("qlora/tiny_qlora/expected.safetensors"));
        var (ids, mask) = (file.Read("input_ids"), file.Read("attention_mask"));
        var rows = new List<Tensor>();
        for (var row = 0; row < ids.shape[0]; row++)
        {
            var length = (int)mask[row].sum().item<long>();
            using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence([.. Enumerable.Range(0, length).Select(t => (int)ids[row, t].item<long>())], new bool[length], default)]), CPU);
            rows.Add(cat([model.Logits(model.Hidden(batch.Inputs, batch.Attention)), like[row].narrow(0, length, like.shape[1] - length)], 0));
        }
        return stack(rows);
    }
}
