using System.Runtime.InteropServices;
using System.Text.Json;
using AlignSharp.Quantization;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Tests.Quantization;

/// <summary>Codes of bitsandbytes' CUDA rule (golden/qlora/README.md, quant8.json).</summary>
public class BlockwiseCodecTests
{
    [Fact]
    public void The_maps_are_those_of_bitsandbytes_bit_by_bit()
    {
        using var json = Json();
        Assert.Equal(Bits(json, "dynamic_signed_bits"), MemoryMarshal.Cast<float, uint>(DynamicMap.Signed).ToArray());
        Assert.Equal(Bits(json, "dynamic_unsigned_bits"), MemoryMarshal.Cast<float, uint>(DynamicMap.Unsigned).ToArray());
    }

    [Theory]
    [InlineData("randn_signed_bs256")]
    [InlineData("momentum_like_signed_bs256")]
    [InlineData("variance_like_unsigned_bs256")]
    [InlineData("randn_signed_bs2048_f16")]
    [InlineData("randn_signed_bs4096_bf16")]
    [InlineData("zero_block_signed_bs256")]
    [InlineData("zero_block_unsigned_bs256")]
    [InlineData("midpoint_ties_signed_bs512")]
    public void Codes_magnitudes_and_values_are_those_of_bitsandbytes(string name)
    {
        using var json = Json();
        var golden = json.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var map = golden.GetProperty("signed").GetBoolean() ? DynamicMap.Signed : DynamicMap.Unsigned;
        var blockSize = golden.GetProperty("blocksize").GetInt32();
        var input = Floats(golden.GetProperty("input"));
        var (codes, absmax, values) = (new byte[input.Length], new float[BlockwiseCodec.Blocks(input.Length, blockSize)], new float[input.Length]);
        BlockwiseCodec.Quantize(input, map, blockSize, codes, absmax);
        BlockwiseCodec.Dequantize(codes, absmax, map, blockSize, values);
        Assert.Equal(Floats(golden.GetProperty("absmax")), absmax);
        Assert.Equal(Bytes(golden.GetProperty("codes_cuda")), codes);
        Assert.Equal(Floats(golden.GetProperty("dequant_f32_from_cuda")), values);
    }

    [Fact]
    public void Every_entry_of_a_map_comes_back_as_itself()
    {
        var (codes, absmax) = (new byte[256], new float[1]);
        foreach (var map in new[] { DynamicMap.Signed.ToArray(), DynamicMap.Unsigned.ToArray() })
        {
            BlockwiseCodec.Quantize(map, map, 256, codes, absmax);
            Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), codes);
            Assert.Equal(1, absmax[0]);
        }
    }

    // The nearest of 256 by looking at all, for values a bit beside every midpoint.
    [Fact]
    public void A_bit_beside_a_midpoint_decides()
    {
        var map = DynamicMap.Signed.ToArray();
        for (var i = 0; i < 255; i++)
        {
            var midpoint = (map[i] + map[i + 1]) * 0.5f;
            Assert.Equal(i, Code(MathF.BitDecrement(midpoint), map));
            Assert.Equal(i % 2 == 0 ? i : i + 1, Code(midpoint, map));
            Assert.Equal(i + 1, Code(MathF.BitIncrement(midpoint), map));
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Contains("255", Assert.Throws<ArgumentException>(() => BlockwiseCodec.Quantize(new float[4], new float[255], 2, new byte[4], new float[2])).Message, StringComparison.Ordinal);
        Assert.Contains("3 codes for 4 values", Assert.Throws<ArgumentException>(() => BlockwiseCodec.Quantize(new float[4], new float[256], 2, new byte[3], new float[2])).Message, StringComparison.Ordinal);
        Assert.Contains("1 magnitudes for 2 blocks", Assert.Throws<ArgumentException>(() => BlockwiseCodec.Dequantize(new byte[4], new float[1], new float[256], 2, new float[4])).Message, StringComparison.Ordinal);
    }

    // 1 beside the value makes the magnitude 1.
    private static byte Code(float value, float[] map)
    {
        var codes = new byte[2];
        BlockwiseCodec.Quantize([1, value], map, 256, codes, new float[1]);
        return codes[1];
    }

    private static JsonDocument Json() => JsonDocument.Parse(File.ReadAllText(Golden.Path("qlora/quant8.json")));

    private static uint[] Bits(JsonDocument json, string name) => [.. json.RootElement.GetProperty(name).EnumerateArray().Select(bits => Convert.ToUInt32(bits.GetString(), 16))];

    private static byte[] Bytes(JsonElement tensor) => Convert.FromBase64String(tensor.GetProperty("b64").GetString()!);

    private static float[] Floats(JsonElement tensor)
    {
        var bytes = Bytes(tensor);
        return tensor.GetProperty("dtype").GetString() switch
        {
            "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            "F16" => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(half => (float)half)],
            "BF16" => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(upper => BitConverter.UInt32BitsToSingle((uint)upper << 16))],
            var other => throw new InvalidDataException(other),
        };
    }
}
