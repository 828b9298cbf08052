using System.Text.Json;
using System.Text.Json.Nodes;
using AlignSharp.Checkpoints;
using AlignSharp.Data.Faults;
using AlignSharp.Models;
using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Checkpoints;

/// <summary>4-bit weights in files, as the real bitsandbytes and transformers write them (golden/qlora/README.md, linear4bit and tiny_qlora).</summary>
public sealed class FourBitFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Layers
    {
        get
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("qlora/linear4bit.json")));
            return [.. LayersOf(json).Select(layer => layer.GetProperty("name").GetString()!)];
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_computes_what_bitsandbytes_computes(string name)
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("qlora/linear4bit.json")));
        var layer = LayersOf(json).Single(l => l.GetProperty("name").GetString() == name);
        using var checkpoint = OpenLayers();
        using var expected = SafetensorsFile.Open(Golden.Path("qlora/linear4bit_expected.safetensors"));
        using var weight = FourBitTensors.Read(checkpoint, $"{name}.weight");
        Assert.Equal(layer.GetProperty("source_dtype").GetString(), ModelFolder.TypeName(weight.RecordedType));
        Assert.Equal(layer.GetProperty("quant_state_json").GetString(), System.Text.Encoding.UTF8.GetString(FourBitState.Of(weight).Write()));

        var decoded = expected.Read($"{name}.dequantised");
        Assert.Equal(0, TensorCompare.Absolute(decoded, weight.Matrix.Expand(decoded.dtype)));
        var isBfloat16 = layer.GetProperty("compute_dtype").GetString() == "bfloat16";
        var type = isBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var bias = layer.GetProperty("bias").GetBoolean() ? checkpoint.Read($"{name}.bias", type) : null;
        var golden = expected.Read($"{name}.output");
        var output = Linear.Apply(expected.Read($"{name}.input").to(type).view(-1, weight.Matrix.Columns), new LinearMap(weight.Matrix, bias));
        // One rounding of the golden's output, in whatever type it has.
        var tolerance = golden.dtype switch { ScalarType.Float32 => 1e-5, ScalarType.Float16 => 1e-3, _ => Math.Pow(2, -8) };
        Assert.InRange(TensorCompare.RelativeToMax(golden.to(ScalarType.Float32).view(-1, weight.Matrix.Rows), output.to(ScalarType.Float32)), 0, tolerance);

        // The source in 4 bits is what was read, up to the last bit of the scales' mean.
        using var again = FourBitQuantizer.Quantize(expected.Read($"{name}.source_weight"), weight.Options, name);
        Assert.Equal(weight.Matrix.Codes.data<byte>().ToArray(), again.Matrix.Codes.data<byte>().ToArray());
        Assert.InRange(TensorCompare.RelativeToMax(weight.Matrix.DecodedScales(), again.Matrix.DecodedScales()), 0, 1e-6);
    }

    [Fact]
    public void A_folder_of_bitsandbytes_is_written_again_byte_by_byte()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = OpenLayers();
        var sources = new List<TensorSource>();
        foreach (var name in Layers.Select(row => row.Data))
        {
            var weight = FourBitTensors.Read(checkpoint, $"{name}.weight");
            sources.AddRange(FourBitTensors.Sources($"{name}.weight", weight));
            if (checkpoint.Contains($"{name}.bias")) sources.Add(TensorSource.Of($"{name}.bias", checkpoint.Read($"{name}.bias")));
        }
        var path = Path.Combine(_folder.Path, "again.safetensors");
        SafetensorsWriter.WriteInTurn(path, sources);
        Assert.Equal(File.ReadAllBytes(Golden.Path("qlora/linear4bit.safetensors")), File.ReadAllBytes(path));

        using (var model = GoldenModels.Load("qlora/tiny_qlora/base_bnb4"))
            ModelFolder.Save(_folder.Path, model, ModelConfigReader.Read(Golden.Path("qlora/tiny_qlora/base_bnb4")), source: null);
        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.Path, "config.json")))!;
        var original = JsonNode.Parse(File.ReadAllText(Golden.Path("qlora/tiny_qlora/base_bnb4/config.json")))!;
        Assert.True(JsonNode.DeepEquals(original["quantization_config"], written["quantization_config"]));
    }

    [Fact]
    public void A_full_precision_folder_becomes_the_folder_that_transformers_makes_of_it()
    {
        using var scope = NewDisposeScope();
        var source = Golden.Path("qlora/tiny_qlora/base_full");
        var config = ModelConfigReader.Read(source);
        using (var model = ModelFolder.Load(source, config, ScalarType.BFloat16, CPU, null, new FourBitOptions { DoubleQuantization = true }))
            ModelFolder.Save(_folder.Path, model, config, source: null);
        using var ours = Checkpoint.Open(_folder.Path);
        using var theirs = Checkpoint.Open(Golden.Path("qlora/tiny_qlora/base_bnb4"));
        Assert.Equal(theirs.Names.Order(StringComparer.Ordinal), ours.Names.Order(StringComparer.Ordinal));
        foreach (var name in theirs.Names.Where(name => !name.Contains("quant_state", StringComparison.Ordinal)))
        {
            Assert.Equal(theirs.Entry(name).Dtype, ours.Entry(name).Dtype);
            Assert.Equal(theirs.Entry(name).Shape, ours.Entry(name).Shape);
            var (expected, actual) = (theirs.ReadBytes(name).data<byte>().ToArray(), ours.ReadBytes(name).data<byte>().ToArray());
            if (name.EndsWith("nested_absmax", StringComparison.Ordinal)) Assert.InRange(TensorCompare.RelativeToMax(theirs.Read(name), ours.Read(name)), 0, 1e-6);
            else if (name.EndsWith("weight.absmax", StringComparison.Ordinal)) Assert.InRange(expected.Zip(actual).Count(pair => pair.First != pair.Second), 0, expected.Length / 100);
            else Assert.Equal(expected, actual);
        }
        var quantization = ModelConfigReader.Read(_folder.Path).Quantization!;
        Assert.Equal(new FourBitOptions { DoubleQuantization = true }, quantization.Options);
        Assert.Equal(ScalarType.BFloat16, quantization.ComputeType);
    }

    [Fact]
    public void Embedding_and_head_are_mapped_and_what_is_written_to_them_stays_out_of_the_file()
    {
        using var scope = NewDisposeScope();
        var folder = Copy("qlora/tiny_qlora/base_bnb4");
        var before = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        using (var model = ModelFolder.Load(folder, ModelConfigReader.Read(folder), ScalarType.BFloat16, CPU))
        {
            using var noGradient = no_grad();
            foreach (var (name, parameter) in ModelFolder.BaseParameters(model).Where(p => p.Value.dim() == 2))
            {
                using var stored = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
                Assert.Equal(0, TensorCompare.Absolute(stored.Read(name), parameter));
                parameter.zero_();
            }
        }
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Theory]
    [InlineData("absmax", "is missing")]
    [InlineData("quant_map", "is missing")]
    [InlineData("nested_absmax", "no 'model.layers.1.mlp.up_proj.weight.nested_absmax' is there")]
    [InlineData("quant_state.bitsandbytes__nf4", "has shape [5120, 1]")]
    public void A_missing_part_is_named(string part, string message)
    {
        const string weight = "model.layers.1.mlp.up_proj.weight";
        var fault = Refused(tensors => tensors.RemoveAll(tensor => tensor.Key == $"{weight}.{part}"));
        Assert.Contains(weight, fault.Message);
        Assert.Contains(message, fault.Message);
    }

    [Theory]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [160, 64], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0.05, "more": 1}""", "'more'")]
    [InlineData("""{"quant_type": "nf5", "blocksize": 64, "dtype": "bfloat16", "shape": [160, 64]}""", "nf5")]
    [InlineData("""{"quant_type": "fp4", "blocksize": 64, "dtype": "bfloat16", "shape": [160, 64]}""", "another code in its name")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 48, "dtype": "bfloat16", "shape": [160, 64]}""", "'blocksize' is 48")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "int8", "shape": [160, 64]}""", "'dtype' is int8")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": null}""", "'shape' is")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [64, 160], "nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0.05}""", "has shape [64, 160]")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [160, 64], "nested_blocksize": 200, "nested_dtype": "float32", "nested_offset": 0.05}""", "'nested_blocksize' is 200")]
    [InlineData("""{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [160, 64]}""", "names no nested scales, but")]
    [InlineData("[1]", "expected a JSON object")]
    [InlineData("nonsense", "not valid JSON")]
    public void A_state_that_is_not_bitsandbytes_is_refused(string state, string message)
    {
        const string name = "model.layers.1.mlp.up_proj.weight.quant_state.bitsandbytes__nf4";
        var fault = Refused(tensors =>
        {
            tensors.RemoveAll(tensor => tensor.Key == name);
            tensors.Add(KeyValuePair.Create(name, tensor(System.Text.Encoding.UTF8.GetBytes(state))));
        });
        Assert.Contains("model.layers.1.mlp.up_proj.weight", fault.Message);
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public void Codes_of_another_length_and_scales_that_are_not_finite_are_refused()
    {
        const string weight = "model.layers.0.self_attn.q_proj.weight";
        Assert.Contains("has 100 bytes; expected 2048", Refused(tensors => Replace(tensors, weight, zeros(100, 1, dtype: ScalarType.Byte))).Message);
        Assert.Contains("NaN or infinite", Refused(tensors => Replace(tensors, $"{weight}.nested_absmax", full(1, float.NaN))).Message);
        Assert.Contains("expected 16 values of Float32", Refused(tensors => Replace(tensors, $"{weight}.quant_map", zeros(15))).Message);

        static void Replace(List<KeyValuePair<string, Tensor>> tensors, string name, Tensor value)
        {
            tensors.RemoveAll(tensor => tensor.Key == name);
            tensors.Add(KeyValuePair.Create(name, value));
        }
    }

    [Theory]
    [InlineData("""{"quant_method": "gptq", "bits": 4}""", "quant_method")]
    [InlineData("""{"quant_method": "bitsandbytes", "load_in_8bit": true}""", "8-bit weights are not read")]
    [InlineData("""{"quant_method": "bitsandbytes"}""", "load_in_4bit")]
    [InlineData("""{"load_in_4bit": true, "bnb_4bit_quant_storage": "int4"}""", "bnb_4bit_quant_storage")]
    public void Another_quantisation_is_refused_by_name(string quantization, string message)
    {
        var folder = Copy("qlora/tiny_qlora/base_bnb4");
        var path = Path.Combine(folder, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json["quantization_config"] = JsonNode.Parse(quantization);
        File.WriteAllText(path, json.ToJsonString());
        Assert.Contains(message, Assert.Throws<ArtifactException>(() => ModelConfigReader.Read(folder)).Message);
    }

    [Fact]
    public void Defaults_of_the_configuration_are_those_of_bitsandbytes()
    {
        var folder = Copy("qlora/tiny_qlora/base_bnb4");
        var path = Path.Combine(folder, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json["quantization_config"] = JsonNode.Parse("""{"_load_in_4bit": true}""");
        File.WriteAllText(path, json.ToJsonString());
        Assert.Equal(new QuantizationConfig(new FourBitOptions { Type = FourBitType.Fp4 }, ScalarType.Float32), ModelConfigReader.Read(folder).Quantization);
    }

    private static JsonElement.ArrayEnumerator LayersOf(JsonDocument json) =>
        (json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement : json.RootElement.GetProperty("layers")).EnumerateArray();

    // A checkpoint is a folder's.
    private Checkpoint OpenLayers()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "layers")).FullName;
        File.Copy(Golden.Path("qlora/linear4bit.safetensors"), Path.Combine(folder, "model.safetensors"), overwrite: true);
        return Checkpoint.Open(folder);
    }

    private string Copy(string golden)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "copy")).FullName;
        foreach (var file in Directory.GetFiles(Golden.Path(golden))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        return folder;
    }

    private ArtifactException Refused(Action<List<KeyValuePair<string, Tensor>>> change)
    {
        using var scope = NewDisposeScope();
        var folder = Copy("qlora/tiny_qlora/base_bnb4");
        var path = Path.Combine(folder, "model.safetensors");
        var tensors = new List<KeyValuePair<string, Tensor>>();
        using (var file = SafetensorsFile.Open(path)) tensors.AddRange(file.Names.Select(name => KeyValuePair.Create(name, file.Read(name))));
        change(tensors);
        SafetensorsWriter.Write(path, tensors);
        return Assert.Throws<ArtifactException>(() => ModelFolder.Load(folder, ModelConfigReader.Read(folder), ScalarType.Float32, CPU));
    }
}
