using AlignSharp.Tensors;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class MatrixProductTests
{
    /// <summary>m, k, n: few rows, blocks and tiles that are not full, many terms, products for libtorch.</summary>
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 768, 100 }, { 3, 17, 1 }, { 7, 33, 5 }, { 8, 16, 64 }, { 9, 1, 3 }, { 12, 256, 31 }, { 13, 257, 33 },
        { 95, 7, 32 }, { 96, 300, 17 }, { 97, 64, 2 }, { 193, 15, 80 }, { 31, 1000, 16 }, { 200, 128, 100 }, { 128, 3, 1000 },
        { 129, 2050, 65 }, { 17, 4100, 64 }, { 300, 18, 130 }, { 128, 34, 128 }, { 113, 62, 63 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_of_all_types_and_strides_equal_those_of_float64(int m, int k, int n)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (var (leftType, rightType) in new[] { (type, type), (ScalarType.Float32, type), (type, ScalarType.Float32) })
            {
                Tensor left = Fixed(leftType, 1, m, k), right = Fixed(rightType, 2, k, n);
                foreach (var (a, b) in new[] { (left, right), (left, Strided(right)), (Strided(left), right), (Apart(left), Apart(right)), (Apart(left), Apart(right.t()).t()) })
                {
                    AssertProduct(type, a, b, scale: 1, add: false);
                    AssertProduct(type, a, b, scale: 1, add: true);
                    AssertProduct(type, a, b, scale: -0.3, add: false);
                    AssertProduct(type, a, b, scale: -0.3, add: true);
                }
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Sums_of_products_equal_those_of_float64(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var terms in new int[][] { [6], [2, 34, 100], [3, 4], [2048, 2050], [30, 2100, 2000] })
        {
            foreach (var (m, n) in new[] { (1, 65), (17, 64), (130, 3), (0, 5) })
            {
                (Tensor Left, Tensor Right)[] factors = [.. terms.Select((k, i) => (i == 1 ? Strided(Fixed(type, i, m, k)) : Fixed(type, i, m, k), i == 0 ? Strided(Fixed(type, 9 + i, k, n)) : Fixed(type, 9 + i, k, n)))];
                var output = full(m, n, float.NaN, dtype: type);
                // Adapters' parts of odd ranks, one of them turned as a B is.
                int[] ranks = [1, 8, 13];
                LowRankTerm[] adapters = [.. ranks.Take(terms.Length - 1).Select((rank, i) => new LowRankTerm(
                    Fixed(ScalarType.Float32, 20 + i, m, rank), i == 1 ? Fixed(ScalarType.Float32, 30, n, rank).t() : Fixed(ScalarType.Float32, 30, rank, n), 0.5 + i))];
                MatrixProduct.MultiplySum(output, [.. factors.Select(factor => (factor.Left, new RightFactor(factor.Right)))], adapters);
                Tensor Wide(Tensor left, Tensor right) => left.to(ScalarType.Float64).mm(right.to(ScalarType.Float64));
                var expected = factors.Select(factor => Wide(factor.Left, factor.Right))
                    .Concat(adapters.Select(term => Wide(term.Inner, term.Right).mul(term.Scale))).Aggregate((sum, product) => sum.add(product));
                // Rounded once, or where that is not possible once with each product, which may be larger than their sum.
                Near(expected, output, type == ScalarType.BFloat16 ? Bfloat16Tolerance(2 * (terms.Length + adapters.Length)) : Float32Tolerance, $"[{m}, {string.Join(" + ", terms)}] by [.., {n}]");
            }
        }
    }

    [Fact]
    public void A_right_factor_too_wide_for_one_strip_of_panels_is_taken_in_several()
    {
        using var scope = NewDisposeScope();
        // A strip has 16 Mi floats: 16384 columns of so many terms, which take no memory because they are all the same ones.
        Tensor left = Fixed(ScalarType.Float32, 1, 9, 1).expand(9, 1024), right = Fixed(ScalarType.Float32, 2, 1, 16_500).expand(1024, 16_500);
        var output = empty(9, 16_500);
        MatrixProduct.Multiply(output, left, right);
        Near(left.narrow(1, 0, 1).mm(right.narrow(0, 0, 1)) * 1024, output, 1e-4, "product"); // a sum of 1024 equal terms errs one way
    }

    [Theory]
    [InlineData(0, 5, 3)]
    [InlineData(4, 5, 0)]
    [InlineData(4, 0, 3)]
    [InlineData(40, 0, 33)]
    public void Empty_factors_give_nothing_or_zeros(int m, int k, int n)
    {
        using var scope = NewDisposeScope();
        Tensor left = ones(m, k), right = ones(k, n);
        var output = full(m, n, 7f);
        MatrixProduct.Multiply(output, left, right, add: true);
        Assert.True(output.eq(7).all().item<bool>());
        MatrixProduct.Multiply(output, left, right);
        Assert.True(output.eq(0).all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void What_is_not_a_number_stays_in_its_row_and_column(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, terms) in new[] { (5, 33), (13, 33), (13, 34), (130, 34) })
        {
            Tensor left = Fixed(type, 1, rows, terms), right = Fixed(type, 2, 35, terms).t();
            left[2, terms - 1] = tensor(float.NaN).to(type);
            right[1, 34] = tensor(float.NaN).to(type);
            var output = empty(rows, 35, dtype: type);
            MatrixProduct.Multiply(output, left, right);
            var bad = output.isnan();
            Assert.Equal(rows + 35 - 1, bad.sum().item<long>());
            Assert.True(bad[2].all().item<bool>() && bad.narrow(1, 34, 1).all().item<bool>());
        }
    }

    [Fact]
    public void Own_products_run_in_every_width_of_vectors()
    {
        using var scope = NewDisposeScope();
        Tensor left = Fixed(ScalarType.Float32, 1, 13, 300), right = Fixed(ScalarType.BFloat16, 2, 300, 37);
        var expected = left.to(ScalarType.Float64).mm(right.to(ScalarType.Float64));
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var output = full(13, 37, float.NaN);
            MatrixProduct.Multiply(MatrixView.Of(output), MatrixView.Of(left), MatrixView.Of(right), 1, add: false, width);
            Near(expected, output, Float32Tolerance, width.ToString());
        }
    }

    private static void AssertProduct(ScalarType type, Tensor left, Tensor right, double scale, bool add)
    {
        using var scope = NewDisposeScope();
        var (m, n) = (left.shape[0], right.shape[1]);
        // Rows before and behind the output, which must stay what they are.
        var room = Fixed(type, 3, m + 2, n);
        var before = room.clone();
        var output = room.narrow(0, 1, m);
        MatrixProduct.Multiply(output, left, right, scale, add);
        var product = left.to(ScalarType.Float64).mm(right.to(ScalarType.Float64)).mul(scale);
        var expected = add ? before.narrow(0, 1, m).to(ScalarType.Float64).add(product) : product;
        // Libtorch rounds to bfloat16 before it scales and after it.
        Near(expected, output, type == ScalarType.BFloat16 ? Bfloat16Tolerance(2) : Float32Tolerance, $"[{m}, {left.shape[1]}] by [{left.shape[1]}, {n}], {left.dtype} by {right.dtype}, scale {scale}, add {add}");
        foreach (var row in new[] { 0, m + 1 }) Assert.Equal(Bits(before[row]), Bits(room[row]));
    }

    // Rows with room between them.
    private static Tensor Apart(Tensor matrix) => cat([matrix, full_like(matrix, float.NaN)], 1).narrow(1, 0, matrix.shape[1]);
}
