using AlignSharp.Data.Checks.Statistics;
using Xunit;

namespace AlignSharp.Data.Tests.Checks.Statistics;

public sealed class StatisticsTests
{
    private const double Z95 = 1.959964;

    // (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), worked out by hand; at p = 0 the upper end is z²/(n + z²).
    [Theory]
    [InlineData(0.8, 10, 0.4902, 0.9433)]
    [InlineData(0.5, 100, 0.4038, 0.5962)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(1, 10, 0.7225, 1)]
    [InlineData(0.6, 1000, 0.5693, 0.6299)]
    public void Wilsons_interval_of_known_shares(double share, int count, double lower, double upper)
    {
        var interval = Wilson.Interval(share, count, Z95);
        Assert.Equal(lower, interval.Lower, 1e-4);
        Assert.Equal(upper, interval.Upper, 1e-4);
    }

    [Fact]
    public void Nothing_seen_leaves_everything_possible() => Assert.Equal((0.0, 1.0), Wilson.Interval(0.5, 0, Z95));

    [Theory]
    [InlineData(0, 50, 0)]
    [InlineData(20, 90, 0.1)]
    [InlineData(50, 25, 0.5)]
    [InlineData(80, 10, 0.8)]
    [InlineData(100, 0, 1)]
    public void Signatures_estimate_the_similarity_of_sets(int shared, int each, double jaccard)
    {
        // Shared elements over those of the union: shared + each + each.
        Assert.Equal(jaccard, shared / (double)(shared + 2 * each), 1e-12);
        var minHash = new MinHash(seed: 5);
        const int rounds = 40;
        var estimate = Enumerable.Range(0, rounds).Average(round =>
        {
            IEnumerable<ulong> Elements(string kind, int count) => Enumerable.Range(0, count).Select(i => TextHash.Of($"{kind} {round} {i}"));
            return MinHash.Similarity(
                minHash.Signature([.. Elements("shared", shared), .. Elements("one", each)]), minHash.Signature([.. Elements("shared", shared), .. Elements("other", each)]));
        });
        // 128 x 40 places: a standard deviation of at most 0.007, and the functions are a little less than independent.
        Assert.Equal(jaccard, estimate, 0.025);
    }

    [Fact]
    public void The_most_similar_set_is_found_and_unlike_ones_are_not()
    {
        var minHash = new MinHash(1);
        uint[] Signature(int from, int to) => minHash.Signature([.. Enumerable.Range(from, to - from).Select(i => TextHash.Of($"{i}"))]);
        var sets = new SimilarSets([.. Enumerable.Range(0, 50).Select(set => Signature(1000 * set, 1000 * set + 100))]);
        Assert.Null(new SimilarSets([]).MostSimilar(Signature(0, 100), 0.8));
        Assert.Equal((7, 1.0), sets.MostSimilar(Signature(7000, 7100), 0.8));
        Assert.Equal(7, sets.MostSimilar(Signature(7004, 7104), 0.8)?.Set);
        Assert.Null(sets.MostSimilar(Signature(7050, 7150), 0.8));
        Assert.Null(sets.MostSimilar(Signature(90000, 90100), 0.8));
    }

    [Fact]
    public void Regression_finds_the_log_odds_of_two_features()
    {
        // Feature 3 is on the better side in 3 of 4 rows, feature 9 in 1 of 5: without regularisation the weights are ln 3 and -ln 4.
        uint[][] rows =
        [
            .. Enumerable.Range(0, 400).Select(i => (uint[])[SparseFeature.Pack(3, i % 4 == 0 ? -1 : 1)]),
            .. Enumerable.Range(0, 400).Select(i => (uint[])[SparseFeature.Pack(9, i % 5 == 0 ? 1 : -1)]),
        ];
        var model = Learned(rows, rate: 0.5f, l2: 0, epochs: 60);
        Assert.Equal(Math.Log(3), model.Weights[3], 0.02);
        Assert.Equal(-Math.Log(4), model.Weights[9], 0.02);
        Assert.Equal(Math.Log(3) - -Math.Log(4), model.Margin([SparseFeature.Pack(3, 1), SparseFeature.Pack(9, -1)]), 0.04);
        Assert.Equal(2, model.Weights.ToArray().Count(weight => weight != 0));
    }

    [Fact]
    public void Regularisation_stops_the_weights_where_both_forces_are_equal()
    {
        // Always on the better side: without regularisation there is no end. Where it ends, 1 / (1 + e^w) = l2 w; which for l2 = 0.1 is w = 1.6335.
        uint[][] rows = [.. Enumerable.Range(0, 400).Select(_ => (uint[])[SparseFeature.Pack(3, 1)])];
        Assert.Equal(1.6335, Learned(rows, rate: 0.5f, l2: 0.1f, epochs: 20).Weights[3], 1e-3);
    }

    [Fact]
    public void Components_are_the_nodes_that_reach_one_another()
    {
        // 0 -> 1 -> 2 -> 0, 2 -> 3 -> 4 -> 3, 5 alone, 6 -> 6.
        var components = Cycles.Components(7, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (6, 6)]);
        Assert.Single(components[..3].Distinct());
        Assert.Single(components[3..5].Distinct());
        Assert.Equal(4, components.Distinct().Count());
    }

    [Fact]
    public void A_long_circle_does_not_exhaust_the_stack()
    {
        const int nodes = 300_000;
        var components = Cycles.Components(nodes, [.. Enumerable.Range(0, nodes).Select(node => (node, (node + 1) % nodes))]);
        Assert.Single(components.Distinct());
    }

    [Fact]
    public void Hashes_of_texts_that_differ_a_little_differ_in_half_of_the_bits()
    {
        string[] texts = [.. Enumerable.Range(0, 20_000).Select(i => $"some text with the number {i} in it"), .. Enumerable.Range(0, 40).Select(length => new string('\0', length)), "ab", "ba"];
        Assert.Equal(texts.Length, texts.Select(text => TextHash.Of(text)).Distinct().Count());
        // And the upper and lower halves alone collide about as often as chance: 20,000²/2^33.
        Assert.InRange(texts.Select(text => (uint)TextHash.Of(text)).Distinct().Count(), texts.Length - 3, texts.Length);
        Assert.InRange(texts.Select(text => TextHash.Of(text) >> 32).Distinct().Count(), texts.Length - 3, texts.Length);
        var flips = Enumerable.Range(0, 64).Average(bit => System.Numerics.BitOperations.PopCount(TextHash.Of("abcd", 1ul << bit) ^ TextHash.Of("abcd")));
        Assert.Equal(32, flips, 3.0);
    }

    [Theory]
    [InlineData("Hello, World's end", "Hello|,|World|'|s|end")]
    [InlineData(" 3.5\u00A0kg\n\nnext ", "3|.|5|kg|\n|\n|next")]
    [InlineData("東京へGo", "東|京|へ|Go")]
    [InlineData("e\u0301té 🙂!", "e\u0301té|🙂|!")]
    [InlineData("   ", "")]
    public void Words_are_runs_of_letters_and_single_signs(string text, string expected)
    {
        var words = new List<string>();
        foreach (var word in new Words(text)) words.Add(word.Word.ToString());
        Assert.Equal(expected, string.Join('|', words));
    }

    [Fact]
    public void Words_in_upper_and_lower_case_have_one_hash()
    {
        var hashes = new List<ulong>();
        foreach (var word in new Words("Été ÉTÉ été eté")) hashes.Add(word.Hash);
        Assert.Equal(2, hashes.Distinct().Count());
    }

    [Fact]
    public void Features_keep_their_place_and_their_value()
    {
        foreach (var (index, value) in ((int, double)[])[(0, 0), (SparseFeature.Count - 1, 1), (12345, -1), (7, 0.25)])
        {
            var feature = SparseFeature.Pack(index, value);
            Assert.Equal(index, SparseFeature.Index(feature));
            Assert.Equal(value, SparseFeature.Value(feature), 1e-4);
        }
    }

    private static PreferenceRegression Learned(uint[][] rows, float rate, float l2, int epochs)
    {
        var model = new PreferenceRegression(rate, l2, (long)rows.Length * epochs);
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var row in rows) model.Learn(row);
        return model;
    }
}
