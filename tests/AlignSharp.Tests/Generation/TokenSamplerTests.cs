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

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(40, 1)]
    [InlineData(1000, 1)]
    [InlineData(0, 0.9)]
    [InlineData(0, 0.1)]
    [InlineData(0, 1e-9)]
    [InlineData(0, 0.999999)]
    [InlineData(20, 0.8)]
    [InlineData(300, 0.99)]
    public void Draws_are_those_of_a_sampler_that_sorts_all_tokens(int topK, double topP)
    {
        var random = new Random(topK);
        foreach (var (vocabulary, scale, distinct) in new[] { (1, 1f, 100), (2, 1f, 100), (50, 3f, 100), (300, 1f, 4), (300, 12f, 7), (2000, 0.1f, 1000), (2000, 30f, 1000), (300, 1f, 1) })
        {
            var options = new SamplingOptions { TopK = topK, TopP = topP, Temperature = 0.8, Seed = vocabulary };
            var (sampler, sorting) = (new TokenSampler(options, 3), new SortingSampler(options, 3));
            for (var draw = 0; draw < 100; draw++)
            {
                // Few distinct values give many ties, some of them at the border of what is kept.
                float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => scale * (random.Next(distinct) - distinct / 2f) / distinct)];
                if (draw % 5 == 4 && vocabulary > 2) logits[random.Next(vocabulary)] = float.NegativeInfinity;
                Assert.Equal(sorting.Draw(logits), sampler.Draw([.. logits], new HashSet<int>()));
            }
        }
    }

    // The same rules as simply as they can be written: everything sorted, the most probable first and of equal ones the first.
    private sealed class SortingSampler(SamplingOptions options, int stream)
    {
        private readonly Random _random = new(unchecked(options.Seed * 0x2545F491 + stream * 0x1B873593));

        public int Draw(float[] logits)
        {
            var kept = logits.Select((logit, id) => (Value: logit, Id: id)).ToArray();
            if (options.TopK > 0 && options.TopK < logits.Length) kept = [.. kept.OrderByDescending(token => token.Value).ThenBy(token => token.Id).Take(options.TopK)];
            var highest = kept.Max(token => token.Value);
            kept = [.. kept.Select(token => ((float)Math.Exp((token.Value - highest) / options.Temperature), token.Id))];
            var total = kept.Aggregate(0.0, (sum, token) => sum + token.Value);
            if (options.TopP < 1)
            {
                var wanted = options.TopP * total;
                var (nucleus, sum) = (new List<(float, int)>(), 0.0);
                foreach (var (weight, id) in kept.OrderByDescending(token => token.Value).ThenBy(token => token.Id))
                {
                    nucleus.Add((weight, id));
                    if ((sum += weight) >= wanted) break;
                }
                (kept, total) = ([.. nucleus], sum);
            }
            var point = _random.NextDouble() * total;
            foreach (var (weight, id) in kept)
                if ((point -= weight) < 0) return id;
            return kept[^1].Id;
        }
    }

    private static double[] Count(SamplingOptions options)
    {
        const int draws = 20_000;
        var sampler = new TokenSampler(options, 0);
        var counts = new double[4];
        for (var i = 0; i < draws; i++) counts[sampler.Draw(Logits, new HashSet<int>())] += 1.0 / draws;
        return counts;
    }
}
