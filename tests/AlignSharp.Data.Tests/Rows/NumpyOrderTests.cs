using System.Globalization;
using System.Text.Json;
using AlignSharp.Data.Rows;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Rows;

/// <summary>Orders of NumPy and of Hugging Face's datasets (golden/text/README.md).</summary>
public sealed class NumpyOrderTests
{
    [Fact]
    public void State_permutations_and_integers_are_numpys()
    {
        var cases = Cases("numpy_rng.json");
        Assert.Equal(8, cases.Length);
        foreach (var golds in cases)
        {
            var (seed, count) = (golds.GetProperty("seed").GetUInt64(), golds.GetProperty("n").GetInt32());
            var random = new NumpyGenerator(seed);
            Assert.Equal(Number(golds, "pcg64_state"), random.State);
            Assert.Equal(Number(golds, "pcg64_inc"), random.Increment);
            Assert.Equal(Ints(golds, "permutation"), random.Permutation(count));
            foreach (var (name, end) in new[] { ("integers_0_100_x12", 100), ("integers_0_n_x8", count) })
            {
                random = new NumpyGenerator(seed);
                Assert.Equal(Ints(golds, name), Enumerable.Range(0, Ints(golds, name).Length).Select(_ => random.Integer(end)));
            }
        }
    }

    [Fact]
    public void A_shuffled_stream_has_the_order_of_datasets_each_time_it_is_read()
    {
        var cases = Cases("hf_buffer_shuffle.json");
        Assert.Equal(4, cases.Length);
        foreach (var golds in cases)
        {
            var shuffled = ShuffleBuffer.Shuffle(Enumerable.Range(0, golds.GetProperty("n").GetInt32()), golds.GetProperty("buffer_size").GetInt32(), golds.GetProperty("seed").GetUInt64());
            Assert.Equal(Ints(golds, "order"), shuffled);
            Assert.Equal(Ints(golds, "order"), shuffled);
        }
    }

    [Fact]
    public void A_stream_is_read_no_further_than_the_buffer_beyond_what_is_asked_for()
    {
        var read = 0;
        var endless = Enumerable.Range(0, int.MaxValue).Select(item => read = item);
        Assert.Equal(3, ShuffleBuffer.Shuffle(endless, 5, seed: 42).Take(3).Count());
        Assert.Equal(7, read);
        Assert.Equal([0, 1, 2], ShuffleBuffer.Shuffle(Enumerable.Range(0, 3), 1, seed: 42));
    }

    private static UInt128 Number(JsonElement of, string name) => UInt128.Parse(of.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static int[] Ints(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    private static JsonElement[] Cases(string file)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path($"text/{file}")));
        return [.. golden.RootElement.EnumerateArray().Select(element => element.Clone())];
    }
}
