using AlignSharp.Quantization;
using AlignSharp.Tensors;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

/// <summary>A projection of 4 bits is the same projection with the decoded weight.</summary>
public class FourBitProductTests
{
    // Rows that are whole blocks, that share blocks, and an odd number of elements.
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 64, 128 }, { 3, 40, 56 }, { 8, 100, 30 }, { 9, 128, 64 }, { 17, 40, 130 }, { 130, 4608, 70 }, { 33, 67, 41 }, { 5, 33, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Values_and_gradients_are_those_of_the_decoded_weight(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64 })
        {
            using var weight = FourBitQuantizer.Quantize(Fixed(ScalarType.Float32, 1, outputs, inputs), new FourBitOptions { DoubleQuantization = rows % 2 == 0 }, "w");
            var decoded = weight.Matrix.Expand(type);
            var bias = Fixed(type, 2, outputs);
            var adapter = type == ScalarType.BFloat16 ? ScalarType.Float32 : type;
            Tensor[] Inputs() => [Leaf(type, 3, rows, inputs), Leaf(adapter, 4, 4, inputs), Leaf(adapter, 5, outputs, 4)];
            Tensor[] Apply(Tensor[] t, LinearMap map) => Linear.Apply(t[0], map with { Update = new LowRankUpdate(t[1], t[2], 0.5, 0) }, map);
            var (expected, expectedGradients) = Run(t => Apply(t, new LinearMap(decoded, bias)), Inputs());
            var (actual, gradients) = Run(t => Apply(t, new LinearMap(weight.Matrix, bias)), Inputs());
            // The same values meet the same arithmetic, in whatever order each path has.
            var tolerance = type == ScalarType.BFloat16 ? Bfloat16Tolerance(2) : type == ScalarType.Float32 ? Float32Tolerance : 1e-12;
            for (var i = 0; i < expected.Length; i++) Near(expected[i].to(ScalarType.Float64), actual[i], tolerance, $"{type} output {i}");
            for (var i = 0; i < gradients.Length; i++) Near(expectedGradients[i]!.to(ScalarType.Float64), gradients[i], tolerance, $"{type} gradient {i}");
        }
    }

    [Fact]
    public void In_bfloat16_the_bits_are_those_of_the_decoded_weight()
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, inputs, outputs) in new[] { (200, 96, 130), (9, 4610, 64), (4, 256, 50) })
        {
            using var weight = FourBitQuantizer.Quantize(Fixed(ScalarType.BFloat16, 1, outputs, inputs), new FourBitOptions { DoubleQuantization = true }, "w");
            Tensor x = Leaf(ScalarType.BFloat16, 3, rows, inputs), y = Leaf(ScalarType.BFloat16, 3, rows, inputs);
            var (expected, expectedGradients) = Run(t => [Linear.Apply(t[0], new LinearMap(weight.Matrix.Expand(ScalarType.BFloat16)))], [x]);
            var (actual, gradients) = Run(t => [Linear.Apply(t[0], new LinearMap(weight.Matrix))], [y]);
            Assert.True(Equal(expected[0], actual[0]));
            Assert.True(Equal(expectedGradients[0]!, gradients[0]!));
        }

        static bool Equal(Tensor a, Tensor b) => a.to(ScalarType.Float32).eq(b.to(ScalarType.Float32)).all().item<bool>();
    }

    [Fact]
    public void A_matrix_is_made_of_parts_that_fit()
    {
        using var scope = NewDisposeScope();
        Tensor codes = zeros(6, dtype: ScalarType.Byte), table = zeros(16), scales = zeros(1);
        using (new FourBitMatrix(3, 4, 32, codes.clone(), table.clone(), scales.clone(), null)) { }
        Assert.Throws<ArgumentException>(() => new FourBitMatrix(3, 5, 32, codes, table, scales, null));
        Assert.Throws<ArgumentException>(() => new FourBitMatrix(3, 4, 33, codes, table, scales, null));
        Assert.Throws<ArgumentException>(() => new FourBitMatrix(3, 4, 32, codes, table, zeros(2), null));
        Assert.Throws<ArgumentException>(() => new FourBitMatrix(3, 4, 32, codes.to(ScalarType.Int8), table, scales, null));
        Assert.Throws<ArgumentException>(() => new FourBitMatrix(3, 4, 32, codes, table, scales, new NestedScales(zeros(256), zeros(1), 256, 0)));
        using var weight = new FourBitMatrix(3, 4, 32, codes.clone(), table.clone(), scales.clone(), null);
        Assert.Throws<ArgumentException>(() => Linear.Apply(ones(2, 3), new LinearMap(weight)));
    }
}
