using AlignSharp.Data.Faults;
using AlignSharp.Generation;
using Xunit;

namespace AlignSharp.Tests.Generation;

public class TokenSamplerTests
{
    // Probabilities 0.5, 0.3, 0.15, 0.05.
    private static float[] Logits => [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];

    [Fact]
    public void Draws_follow_the_distribution()
    {
        var counts = Count(new SamplingOptions { Seed = 3 });
        Assert.Equal(0.5, counts[0], 0.02);
        Assert.Equal(0.3, counts[1], 0.02);
        Assert.Equal(0.15, counts[2], 0.02);
        Assert.Equal(0.05, counts[3], 0.02);
    }

    [Fact]
    public void Temperature_sharpens_by_the_power()
    {
        var counts = Count(new SamplingOptions { Temperature = 0.5 });
        var total = 0.25 + 0.09 + 0.0225 + 0.0025;
        Assert.Equal(0.25 / total, counts[0], 0.02);
        Assert.Equal(0.09 / total, counts[1], 0.02);
    }

    [Fact]
    public void Top_k_keeps_the_k_most_probable()
    {
        var counts = Count(new SamplingOptions { TopK = 2 });
        Assert.Equal(0.625, counts[0], 0.02);
        Assert.Equal(0, counts[2] + counts[3]);
    }

    [Fact]
    public void Top_p_keeps_the_smallest_set_that_reaches_it()
    {
        var counts = Count(new SamplingOptions { TopP = 0.7 });
        Assert.Equal(0.625, counts[0], 0.02);
        Assert.Equal(0, counts[2] + counts[3]);
    }

    [Fact]
    public void Repetition_penalty_divides_positive_and_multiplies_negative_logits()
    {
        var sampler = new TokenSampler(new SamplingOptions { Temperature = 0, RepetitionPenalty = 2 }, 0);
        Assert.Equal(1, sampler.Draw([3f, 2f, -1f], new HashSet<int> { 0 }));
        Assert.Equal(0, sampler.Draw([-1.5f, -1f, -9f], new HashSet<int> { 1 }));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_not_finite_are_refused(float logit) =>
        Assert.Throws<DivergenceException>(() => new TokenSampler(new SamplingOptions(), 0).Draw([0f, logit, 1f], new HashSet<int>()));

    private static double[] Count(SamplingOptions options)
    {
        const int draws = 20_000;
        var sampler = new TokenSampler(options, 0);
        var counts = new double[4];
        for (var i = 0; i < draws; i++) counts[sampler.Draw(Logits, new HashSet<int>())] += 1.0 / draws;
        return counts;
    }
}
