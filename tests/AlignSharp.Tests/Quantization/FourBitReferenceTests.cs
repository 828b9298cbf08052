using System.Text.Json;
using AlignSharp.Checkpoints;
using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Quantization;

/// <summary>
/// What bitsandbytes' pure PyTorch kernels make (golden/trl/README.md, quant). Their thresholds differ from the CUDA rule's by an ulp or two, their zeros have another
/// code: decoded values are equal but for a value at a threshold.
/// </summary>
public class FourBitReferenceTests
{
    public static TheoryData<string> Cases
    {
        get
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("trl/quant/bnb_4bit.json")));
            return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("key").GetString()!)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantising_and_decoding_give_what_pytorch_gives(string key)
    {
        using var scope = NewDisposeScope();
        using var golden = SafetensorsFile.Open(Golden.Path("trl/quant/bnb_4bit.safetensors"));
        var (input, options) = Case(key);
        var weight = golden.Read(input);
        using var ours = FourBitQuantizer.Quantize(weight.view(weight.shape[0], -1), options, key);
        Assert.Equal(0, TensorCompare.Absolute(golden.Read($"{key}.absmax"), ours.Matrix.Scales));
        var differing = golden.Read($"{key}.dequant").view(-1).to(ScalarType.Float32).ne(ours.Matrix.Expand(weight.dtype).view(-1).to(ScalarType.Float32)).sum().item<long>();
        Assert.InRange(differing, 0, 1 + weight.numel() / 1000);

        // Its own parts, decoded here.
        FourBitMatrix Parts(Tensor scales, NestedScales? nested) => new(weight.shape[0], weight.numel() / weight.shape[0], options.BlockSize, golden.Read($"{key}.packed").view(-1), ours.Matrix.Table.clone(), scales, nested);
        using var plain = Parts(golden.Read($"{key}.absmax").view(-1), null);
        Assert.Equal(0, TensorCompare.Absolute(golden.Read($"{key}.dequant").view(-1), plain.Expand(weight.dtype).view(-1)));
        var offset = golden.Read($"{key}.dq.nested_offset").view(-1)[0].item<float>();
        using var nested = Parts(golden.Read($"{key}.dq.qabsmax_u8").view(-1), new NestedScales(tensor(DynamicMap.Signed.ToArray()), golden.Read($"{key}.dq.nested_absmax").view(-1), 256, offset));
        Assert.Equal(0, TensorCompare.Absolute(golden.Read($"{key}.dq.absmax_restored").view(-1), nested.DecodedScales()));
        Assert.Equal(0, TensorCompare.Absolute(golden.Read($"{key}.dq.dequant").view(-1), nested.Expand(weight.dtype).view(-1)));
    }

    private static (string Input, FourBitOptions Options) Case(string key)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("trl/quant/bnb_4bit.json")));
        var one = json.RootElement.GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("key").GetString() == key);
        var type = one.GetProperty("quant_type").GetString() == "fp4" ? FourBitType.Fp4 : FourBitType.Nf4;
        return (one.GetProperty("input").GetString()!, new FourBitOptions { Type = type, BlockSize = one.GetProperty("blocksize").GetInt32() });
    }
}
