using System.Text.Json;
using AlignSharp.Testing;
using AlignSharp.Training;
using Xunit;

namespace AlignSharp.Tests.Training;

/// <summary>Orders of transformers' length-grouped sampler and of torch.randperm (golden/qlora/README.md).</summary>
public class RowOrderTests
{
    [Fact]
    public void Grouping_by_length_equals_transformers()
    {
        foreach (var golden in Cases("group_by_length"))
        {
            var order = new GroupByLengthOrder(Ints(golden, "lengths"), golden.GetProperty("batch_size").GetInt32(), new GivenOrder(Ints(golden, "permutation")));
            Assert.Equal(Ints(golden, "result"), order.Rows(0));
        }
    }

    [Fact]
    public void Random_orders_equal_torch_randperm_of_seed_plus_epoch()
    {
        foreach (var golden in Cases("random_sampler_permutations"))
        {
            var rows = golden.GetProperty("n").GetInt32();
            var order = new RandomOrder(rows, golden.GetProperty("seed").GetInt64()).Rows(golden.GetProperty("epoch").GetInt32());
            var expected = Ints(golden, "torch_randperm_of_seed_plus_epoch");
            Assert.Equal(expected, order[..expected.Length]);
            Assert.Equal(Enumerable.Range(0, rows), order.Order());
        }
    }

    [Fact]
    public void The_sequential_order_is_the_files_in_every_epoch() => Assert.Equal([0, 1, 2], new SequentialOrder(3).Rows(7));

    private static JsonElement[] Cases(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("qlora/samplers.json")));
        JsonElement[] cases = [.. json.RootElement.Clone().GetProperty(name).EnumerateArray()];
        Assert.NotEmpty(cases);
        return cases;
    }

    private static int[] Ints(JsonElement golden, string key) => [.. golden.GetProperty(key).EnumerateArray().Select(v => v.GetInt32())];

    private sealed class GivenOrder(int[] rows) : IRowOrder
    {
        public int[] Rows(int epoch) => rows;
    }
}
