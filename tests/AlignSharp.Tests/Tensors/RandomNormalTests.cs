using AlignSharp.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

public class RandomNormalTests
{
    [Fact]
    public void A_million_numbers_have_the_moments_and_the_shares_of_the_normal_distribution()
    {
        var z = Numbers(1_000_000, ScalarType.Float32, 1, 1, "a");
        // Five standard errors of each.
        Assert.Equal(0, z.Average(), 0.005);
        Assert.Equal(1, z.Average(x => x * x), 0.0071);
        Assert.Equal(0, z.Average(x => x * x * x), 0.02);
        Assert.Equal(3, z.Average(x => x * x * x * x), 0.05);
        foreach (var (limit, share) in new[] { (-3, 0.0013499), (-2, 0.0227501), (-1, 0.1586553), (0, 0.5), (1, 0.8413447), (2, 0.9772499), (3, 0.9986501) })
            Assert.Equal(share, z.Count(x => x < limit) / 1e6, 5 * Math.Sqrt(share * (1 - share) / 1e6));
    }

    [Fact]
    public void Neighbours_blocks_names_and_seeds_do_not_follow_each_other()
    {
        const int Count = 8192;
        var z = Numbers(Count, ScalarType.Float32, 1, 1, "a");
        double Correlation(double[] other, int shift) => Math.Abs(Enumerable.Range(0, Count / 2).Average(i => z[i] * other[i + shift]));
        // Five standard errors of the mean of 4096 products.
        const double Most = 5 / 64.0;
        foreach (var shift in new[] { 1, 2, 16, 4096 }) Assert.InRange(Correlation(z, shift), 0, Most);
        Assert.InRange(Correlation(Numbers(Count, ScalarType.Float32, 1, 1, "b"), 0), 0, Most);
        Assert.InRange(Correlation(Numbers(Count, ScalarType.Float32, 1, 2, "a"), 0), 0, Most);
    }

    [Fact]
    public void Types_round_the_same_numbers_and_the_deviation_is_a_factor()
    {
        var z = Numbers(5000, ScalarType.Float32, 1, 7, "w");
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.BFloat16, ScalarType.Float16 })
            Assert.Equal(tensor(Array.ConvertAll(z, x => (float)x)).to(type).to(ScalarType.Float64).data<double>().ToArray(), Numbers(5000, type, 1, 7, "w"));
        foreach (var (narrow, one) in Numbers(5000, ScalarType.Float32, 0.25, 7, "w").Zip(z)) Assert.Equal(one / 4, narrow, 1e-6);
    }

    [Fact]
    public void Without_the_natives_the_numbers_are_the_same()
    {
        using var scope = NewDisposeScope();
        var direct = RandomNormal.Create([50, 100], ScalarType.BFloat16, 0.02, 3, "w");
        var through = RandomNormal.CreateFromArray([50, 100], ScalarType.BFloat16, 0.02, RandomNormal.KeyOf(3, "w"));
        Assert.Equal([50L, 100], through.shape);
        Assert.Equal(direct.bytes.ToArray(), through.bytes.ToArray());
    }

    private static double[] Numbers(int count, ScalarType type, double deviation, long seed, string name)
    {
        using var scope = NewDisposeScope();
        return RandomNormal.Create([count], type, deviation, seed, name).to(ScalarType.Float64).data<double>().ToArray();
    }
}
