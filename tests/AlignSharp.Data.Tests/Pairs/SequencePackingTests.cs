using System.Text.Json;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Testing;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public class SequencePackingTests
{
    private const int Bos = 1, Eos = 2;

    [Fact]
    public void Wrapped_gives_the_blocks_of_the_constant_length_dataset_and_keeps_the_rest()
    {
        using var golden = Read("trl/data/data_old.json");
        foreach (var run in golden.RootElement.GetProperty("packing").EnumerateArray())
        {
            var documents = run.GetProperty("docs_token_ids").EnumerateArray().Select(ids => Sequence([Bos, .. Ids(ids), Eos])).ToArray();
            var length = run.GetProperty("seq_length").GetInt32();
            // The upstream program takes documents until a buffer is full, and drops what does not fill a block at the buffer's end.
            var whole = Buffers(documents, run.GetProperty("max_buffer_size_chars").GetDouble()).SelectMany(buffer => Blocks(buffer, length)).Where(block => block.Length == length).ToArray();
            foreach (var version in new[] { "blocks_trl_0_7_1", "blocks_trl_0_13_0" })
                Assert.Equal(run.GetProperty(version).EnumerateArray().Select(Ids), whole);
            Assert.Equal(documents.SelectMany(document => document.Ids), Blocks(documents, length).SelectMany(block => block));
        }
    }

    [Theory]
    [InlineData("bfd", PackingStrategy.BestFit)]
    [InlineData("bfd_split", PackingStrategy.BestFitSplit)]
    public void Best_fit_gives_the_rows_of_trl(string name, PackingStrategy strategy)
    {
        using var golden = Read("trl/data/data_trl_v1.9.0.json");
        foreach (var run in golden.RootElement.GetProperty("packing_bfd_transcribed").EnumerateArray())
        {
            var rows = SequencePacking.Pack([.. run.GetProperty("docs").EnumerateArray().Select(ids => Sequence(Ids(ids)))], strategy, run.GetProperty("seq_length").GetInt32());
            var expected = run.GetProperty(name).EnumerateArray().ToArray();
            Assert.Equal(expected.Select(row => Ids(row.GetProperty("input_ids"))), rows.Select(row => row.Sequences.SelectMany(s => s.Ids).ToArray()));
            Assert.Equal(expected.Select(row => Ids(row.GetProperty("seq_lengths"))), rows.Select(row => row.Sequences.Select(s => s.Ids.Length).ToArray()));
        }
    }

    [Fact]
    public void Best_fit_fills_nearly_all_of_a_realistic_set()
    {
        var random = new Random(5);
        // Lengths as answers have them: log-normal, median about 200 tokens.
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var sequences = Enumerable.Range(0, 4000).Select(_ => Sequence(new int[Math.Clamp((int)Math.Exp(5.3 + 0.8 * Normal()), 2, 1024)])).ToArray();
        var rows = SequencePacking.Pack(sequences, PackingStrategy.BestFit, 1024);
        Assert.InRange(rows.Sum(row => row.Tokens) / (1024.0 * rows.Count), 0.99, 1);
        Assert.Equal(sequences.Sum(sequence => sequence.Ids.Length), rows.Sum(row => row.Tokens));
    }

    [Theory]
    [InlineData(PackingStrategy.BestFitSplit)]
    [InlineData(PackingStrategy.Wrapped)]
    public void Neither_splitting_nor_wrapping_loses_a_token_or_its_mask(PackingStrategy strategy)
    {
        var random = new Random(6);
        var sequences = Enumerable.Range(0, 60).Select(i => Sequence([.. Enumerable.Range(1000 * i, random.Next(1, 50))])).ToArray();
        var rows = SequencePacking.Pack(sequences, strategy, 16).SelectMany(row => row.Sequences);
        var scored = rows.SelectMany(row => row.Ids.Zip(row.Scored)).OrderBy(token => token.First);
        Assert.Equal(sequences.SelectMany(row => row.Ids.Zip(row.Scored)), scored);
    }

    [Fact]
    public void Without_packing_each_sequence_is_a_row() =>
        Assert.Equal([3, 1], SequencePacking.Pack([Sequence([1, 2, 3]), Sequence([4])], PackingStrategy.None, 2).Select(row => row.Tokens));

    [Fact]
    public void A_row_counts_what_is_predicted_and_what_has_a_label()
    {
        var row = new SequenceGroup([new TokenizedSequence([5, 6, 7], [true, true, false], new RowPosition("f", 1)), new TokenizedSequence([8], [true], new RowPosition("f", 2))]);
        Assert.Equal((4, 1, 3), (row.Tokens, row.ScoredTokens, row.Labels));
    }

    private static IEnumerable<int[]> Blocks(IReadOnlyList<TokenizedSequence> documents, int length) =>
        SequencePacking.Pack(documents, PackingStrategy.Wrapped, length).Select(row => row.Sequences.Single().Ids);

    // A character is a token in this file, bos and eos aside.
    private static IEnumerable<TokenizedSequence[]> Buffers(IEnumerable<TokenizedSequence> documents, double maxCharacters)
    {
        var (buffer, characters) = (new List<TokenizedSequence>(), 0);
        foreach (var document in documents)
        {
            buffer.Add(document);
            characters += document.Ids.Length - 2;
            if (characters < maxCharacters) continue;
            yield return [.. buffer];
            buffer.Clear();
            characters = 0;
        }
        if (buffer.Count > 0) yield return [.. buffer];
    }

    // Every third token is scored, so that a mask that slips shows.
    private static TokenizedSequence Sequence(int[] ids) => new(ids, Array.ConvertAll(ids, id => id % 3 == 0), new RowPosition("rows.jsonl", 1));

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    private static JsonDocument Read(string golden) => JsonDocument.Parse(File.ReadAllBytes(Golden.Path(golden)));
}
