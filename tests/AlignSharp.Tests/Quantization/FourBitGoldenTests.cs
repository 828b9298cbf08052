using System.Text.Json;
using AlignSharp.Data.Faults;
using AlignSharp.Quantization;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Quantization;

/// <summary>Codes, scales and decoded values of bitsandbytes' CUDA rule (golden/qlora/README.md, quant4.json).</summary>
public class FourBitGoldenTests
{
    public static TheoryData<string, FourBitType> Cases
    {
        get
        {
            using var json = Json();
            var cases = new TheoryData<string, FourBitType>();
            foreach (var golden in json.RootElement.GetProperty("cases").EnumerateArray())
                foreach (var (key, type) in new[] { ("nf4", FourBitType.Nf4), ("fp4", FourBitType.Fp4) })
                    if (golden.TryGetProperty(key, out _)) cases.Add(golden.GetProperty("name").GetString()!, type);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Codes_scales_and_values_are_those_of_bitsandbytes(string name, FourBitType type)
    {
        using var scope = NewDisposeScope();
        using var json = Json();
        var golden = Case(json, name);
        var expected = golden.GetProperty(Key(type));
        var (input, blockSize) = (Read(golden.GetProperty("input")), golden.GetProperty("blocksize").GetInt32());
        using var weight = FourBitQuantizer.Quantize(Matrix(input), new FourBitOptions { Type = type, BlockSize = blockSize }, name);

        // In the first block of the subnormal case the reciprocal overflows; what bitsandbytes makes of it depends on the compiler.
        var skipped = name == "denormals_f32" ? blockSize : 0;
        var scales = weight.Matrix.Scales.data<float>().ToArray();
        Assert.Equal(Read(expected.GetProperty("absmax_cuda")).data<float>().ToArray(), scales);
        Assert.Equal(Bytes(expected.GetProperty("packed_cuda"))[(skipped / 2)..], weight.Matrix.Codes.data<byte>().ToArray()[(skipped / 2)..]);
        foreach (var (key, decoded) in new[] { ("f32", ScalarType.Float32), ("bf16", ScalarType.BFloat16), ("f16", ScalarType.Float16) })
        {
            var values = weight.Matrix.Expand(decoded).view(-1);
            Assert.Equal(decoded, values.dtype);
            Assert.True(Same(Read(expected.GetProperty($"dequant_{key}_from_cuda")).view(-1).narrow(0, skipped, input.numel() - skipped), values.narrow(0, skipped, input.numel() - skipped)));
        }
        if (skipped > 0) Assert.All(Enumerable.Range(0, skipped), i => Assert.InRange(Math.Abs(weight.Matrix.Expand(ScalarType.Float32).view(-1)[i].item<float>()), 0, scales[0]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scales_are_quantised_as_by_bitsandbytes(string name, FourBitType type)
    {
        using var scope = NewDisposeScope();
        using var json = Json();
        var golden = Case(json, name);
        if (!golden.GetProperty(Key(type)).TryGetProperty("nested", out var nested)) return; // a single block has none
        var input = Read(golden.GetProperty("input"));
        using var weight = FourBitQuantizer.Quantize(Matrix(input), new FourBitOptions { Type = type, BlockSize = golden.GetProperty("blocksize").GetInt32(), DoubleQuantization = true }, name);
        using var plain = FourBitQuantizer.Quantize(Matrix(input), new FourBitOptions { Type = type, BlockSize = golden.GetProperty("blocksize").GetInt32() }, name);

        // The mean depends on the order of its sum in the last bit; from the golden's mean on all is exact.
        var offset = nested.GetProperty("offset").GetSingle();
        var scales = plain.Matrix.Scales.data<float>().ToArray();
        Assert.InRange(weight.Matrix.Nested!.Offset, offset - 4e-7f * Math.Abs(offset), offset + 4e-7f * Math.Abs(offset));
        var (codes, outer) = (new byte[scales.Length], new float[BlockwiseCodec.Blocks(scales.Length, 256)]);
        BlockwiseCodec.Quantize([.. scales.Select(scale => scale - offset)], DynamicMap.Signed, 256, codes, outer);
        Assert.Equal(Bytes(nested.GetProperty("codes_cuda")), codes);
        Assert.Equal(Read(nested.GetProperty("absmax2")).data<float>().ToArray(), outer);
        if (weight.Matrix.Nested.Offset != offset) return;
        Assert.Equal(codes, weight.Matrix.Scales.data<byte>().ToArray());
        Assert.Equal(Read(nested.GetProperty("absmax_dequantised_from_cuda_codes")).data<float>().ToArray(), weight.Matrix.DecodedScales().data<float>().ToArray());
        if (name == "denormals_f32") return;
        Assert.True(Same(Read(nested.GetProperty("dequant_input_dtype")).view(-1), weight.Matrix.Expand(input.dtype).view(-1)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Values_that_are_not_finite_are_refused_with_their_place(float value)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16 })
        {
            var weight = ones(5, 60);
            weight[3, 20] = value; // element 200
            var fault = Assert.Throws<ArtifactException>(() => FourBitQuantizer.Quantize(weight.to(type), new FourBitOptions(), "file: tensor 'w'"));
            Assert.Contains("file: tensor 'w'", fault.Message);
            Assert.Contains("elements 192 to 256", fault.Message);
        }
    }

    [Fact]
    public void Stretches_give_what_the_whole_gives()
    {
        using var scope = NewDisposeScope();
        var weight = randn(100, 123).to(ScalarType.BFloat16);
        var options = new FourBitOptions { DoubleQuantization = true };
        using var whole = FourBitQuantizer.Quantize(weight, options, "w");
        using var quantizer = new FourBitQuantizer(100, 123, ScalarType.BFloat16, options);
        foreach (var (start, count) in new[] { (0, 4096), (4096, 8192), (12288, 12) }) quantizer.Append(weight.view(-1).narrow(0, start, count), "w");
        using var parts = quantizer.Finish();
        Assert.Equal(whole.Matrix.Codes.data<byte>().ToArray(), parts.Matrix.Codes.data<byte>().ToArray());
        Assert.Equal(whole.Matrix.Scales.data<byte>().ToArray(), parts.Matrix.Scales.data<byte>().ToArray());
    }

    // Zeros of either sign are one number, and what is too large for float16 is infinite on both sides.
    private static bool Same(Tensor expected, Tensor actual) => expected.to(ScalarType.Float32).eq(actual.to(ScalarType.Float32)).all().item<bool>();

    // Any shape: the golden's are flat, and only the elements' order counts.
    private static Tensor Matrix(Tensor input) => input.dim() == 2 ? input : input.view(1, -1);

    private static string Key(FourBitType type) => type == FourBitType.Nf4 ? "nf4" : "fp4";

    private static JsonDocument Json() => JsonDocument.Parse(File.ReadAllBytes(Golden.Path("qlora/quant4.json")));

    private static JsonElement Case(JsonDocument json, string name) => json.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static byte[] Bytes(JsonElement stored) => stored.GetProperty("b64").GetBytesFromBase64();

    private static Tensor Read(JsonElement stored)
    {
        var shape = stored.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var type = stored.GetProperty("dtype").GetString() switch { "F32" => ScalarType.Float32, "F16" => ScalarType.Float16, "BF16" => ScalarType.BFloat16, _ => ScalarType.Byte };
        var values = empty(shape, dtype: type);
        values.bytes = Bytes(stored);
        return values;
    }
}
