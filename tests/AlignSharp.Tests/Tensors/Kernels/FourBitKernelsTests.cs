using AlignSharp.Quantization;
using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors.Kernels;

/// <summary>Every width of vectors gives the same bits, wherever a stretch begins and ends.</summary>
public unsafe class FourBitKernelsTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    [Theory]
    [InlineData(FourBitType.Nf4, 64, true)]
    [InlineData(FourBitType.Nf4, 32, false)]
    [InlineData(FourBitType.Fp4, 128, true)]
    public void Decoding_has_the_same_bits_in_every_width(FourBitType type, int blockSize, bool nested)
    {
        using var scope = NewDisposeScope();
        using var weight = FourBitQuantizer.Quantize(Fixed(ScalarType.Float32, 3, 7, 331), new FourBitOptions { Type = type, BlockSize = blockSize, DoubleQuantization = nested }, "w");
        var (view, scales, table) = (weight.Matrix.View(), weight.Matrix.DecodedScales().data<float>().ToArray(), weight.Matrix.Table.data<float>().ToArray());
        var codes = weight.Matrix.Codes.data<byte>().ToArray();
        float Plain(int i) => table[i % 2 == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15] * scales[i / blockSize];
        foreach (var (first, count) in new[] { (0, 7 * 331), (1, 64), (31, 33), (64, 63), (62, 200), (331, 331), (2000, 317), (5, 1) })
        {
            foreach (var width in Widths)
            {
                var floats = new float[count + 1];
                var halves = new ushort[count + 1];
                (floats[count], halves[count]) = (42, 42);
                fixed (float* to = floats) Decode<Float32Element>(view, first, count, to, width);
                fixed (ushort* to = halves) Decode<Bfloat16Element>(view, first, count, to, width);
                Assert.Equal([.. Enumerable.Range(first, count).Select(Plain), 42], floats);
                Assert.Equal([.. Enumerable.Range(first, count).Select(i => Rounded(Plain(i))), 42], halves);
            }
        }
    }

    [Theory]
    [InlineData(FourBitType.Nf4)]
    [InlineData(FourBitType.Fp4)]
    public void Encoding_has_the_same_bits_in_every_width(FourBitType type)
    {
        using var scope = NewDisposeScope();
        foreach (var (count, blockSize) in new[] { (1, 32), (63, 64), (5001, 64), (8192, 4096), (100, 256) })
        {
            var input = Fixed(ScalarType.Float32, count, count).mul(0.02).to(ScalarType.BFloat16);
            input.narrow(0, 0, Math.Min(count, 70)).zero_();
            var expected = Encode(input, type, blockSize, VectorWidth.Scalar);
            foreach (var width in Widths)
            {
                var (codes, scales) = Encode(input, type, blockSize, width);
                Assert.Equal(expected.Codes, codes);
                Assert.Equal(expected.Scales, scales);
            }
        }
    }

    private static (byte[] Codes, float[] Scales) Encode(Tensor input, FourBitType type, int blockSize, VectorWidth width)
    {
        var count = (int)input.numel();
        var (codes, scales, code) = (new byte[(count + 1) / 2], new float[(count + blockSize - 1) / blockSize], FourBitCode.Of(type));
        fixed (byte* to = codes)
        fixed (float* magnitudes = scales)
        {
            var kernel = new FourBitEncoding(count, blockSize)
            {
                Input = (byte*)AlignSharp.Runtime.TorchNatives.Address(input),
                Codes = to,
                Scales = magnitudes,
                Thresholds = code.Thresholds,
                CodeOf = code.CodeOf,
                IsSigned = code.IsSigned,
                ZeroCode = code.ZeroCode,
            };
            CpuKernels.Run(kernel, input.dtype, FourBitEncoding.Items(count), 1, width);
        }
        return (codes, scales);
    }

    private static void Decode<TElement>(in FourBitView view, long first, int count, void* to, VectorWidth width) where TElement : struct, IElement
    {
        switch (width)
        {
            case VectorWidth.Bits512:
                FourBitDecoding.Decode<System.Runtime.Intrinsics.Vector512<float>, Lanes512, TElement>(view, first, count, to);
                break;
            case VectorWidth.Bits256:
                FourBitDecoding.Decode<System.Runtime.Intrinsics.Vector256<float>, Lanes256, TElement>(view, first, count, to);
                break;
            case VectorWidth.Bits128:
                FourBitDecoding.Decode<System.Runtime.Intrinsics.Vector128<float>, Lanes128, TElement>(view, first, count, to);
                break;
            default:
                FourBitDecoding.Decode<float, LanesScalar, TElement>(view, first, count, to);
                break;
        }
    }

    private static ushort Rounded(float value)
    {
        ushort rounded;
        LanesScalar.StoreBfloat16(&rounded, value);
        return rounded;
    }
}
