using System.Text.Json;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public class SequenceCollatorTests
{
    private const int Ignored = -100;

    [Fact]
    public void Packed_sequences_predict_what_the_rows_of_TRLs_collator_do()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("trl/data/data_trl_v1.9.0.json")));
        var seen = 0;
        foreach (var run in golden.RootElement.GetProperty("sft_collator").EnumerateArray())
        {
            var packed = Packer.Pack([.. run.GetProperty("examples").EnumerateArray().Select(Sequence)]);
            var output = run.GetProperty("output");
            var (ids, labels) = (Rows(output, "input_ids"), Rows(output, "labels"));
            if (run.GetProperty("padding_free").GetBoolean())
            {
                Assert.Equal(ids.Single(), packed.Ids);
                Assert.Equal(Rows(output, "position_ids").Single(), packed.Positions);
            }
            // A label predicts nothing in the first column; everywhere else it is the target of the token before it.
            var targets = labels.SelectMany(row => row.Skip(1)).Where(label => label != Ignored);
            Assert.Equal(targets, packed.Targets);
            var before = ids.SelectMany((row, r) => row.Take(row.Length - 1).Where((_, c) => labels[r][c + 1] != Ignored));
            Assert.Equal(before, packed.PredictedFrom.Select(index => packed.Ids[index]));
            seen++;
        }
        Assert.InRange(seen, 3, 100);
    }

    private static int[][] Rows(JsonElement output, string name) => [.. output.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];

    private static TokenizedSequence Sequence(JsonElement example)
    {
        int[] ids = [.. example.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())];
        return new TokenizedSequence(ids, [.. example.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32() != Ignored)], new RowPosition("rows.json", 1));
    }
}
