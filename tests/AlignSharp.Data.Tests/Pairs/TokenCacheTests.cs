using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using Xunit;

namespace AlignSharp.Data.Tests.Pairs;

public sealed class TokenCacheTests : IDisposable
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];
    private int _made;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_run_reads_what_the_first_made_and_says_the_same()
    {
        var first = Pairs(Digest);
        var notes = _notes.ToList();
        _notes.Clear();
        var second = Pairs(Digest);
        Assert.Equal(1, _made);
        Assert.Equal(Told(first), Told(second));
        Assert.Equal([.. notes, $"token ids: read from {Kept} (2 rows)"], _notes);
    }

    [Fact]
    public void Sequences_keep_what_is_scored()
    {
        bool[][] marks = [[true, true, true], [false, true, true], [false, true, false], [true, false, true], [false, false, false], []];
        TokenizedSequence[] rows = [.. marks.Select((scored, i) => new TokenizedSequence([.. Enumerable.Range(5, scored.Length)], scored, new("a.jsonl", i + 1)))];
        IReadOnlyList<TokenizedSequence> Read() => new TokenCache(_folder.Path, _notes.Add).Sequences(Digest, _ => _made++ == 0 ? rows : throw new InvalidOperationException());
        Read();
        var again = Read();
        Assert.Equal(rows.Select(row => (row.Source, string.Join(',', row.Ids), string.Join(',', row.Scored))), again.Select(row => (row.Source, string.Join(',', row.Ids), string.Join(',', row.Scored))));
    }

    [Fact]
    public void Any_damage_is_found_and_costs_the_work_alone()
    {
        var expected = Told(Pairs(Digest));
        var whole = File.ReadAllBytes(Kept);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x10;
            AssertMadeAnew(damaged, expected);
        }
        foreach (var length in new[] { 0, 1, whole.Length / 2, whole.Length - 1 }) AssertMadeAnew(whole[..length], expected);
    }

    [Fact]
    public void Another_key_is_another_file_and_a_file_of_another_key_is_not_used()
    {
        Pairs(Digest);
        var other = Digest[..32] + new string('0', 32);
        Pairs(other);
        Assert.Equal(2, _made);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_a_note()
    {
        var file = _folder.Write("file", "");
        Assert.Equal(2, new TokenCache(file, _notes.Add).Pairs(Digest, Make).Count);
        Assert.Contains(_notes, note => note.StartsWith("token ids: not kept for later runs", StringComparison.Ordinal));
    }

    [Fact]
    public void Whatever_decides_the_ids_changes_the_key()
    {
        var (data, tokenizer) = (_folder.Write("a.jsonl", "{}"), _folder.Write("tokenizer.json", "{}"));
        var key = new TokenCacheKey("pairs", [data], [tokenizer], "template", ["mapping"]);
        var digests = new HashSet<string> { Of(key), Of(key with { Kind = "sequences" }), Of(key with { Template = null }), Of(key with { Template = "other" }), Of(key with { Reading = ["other"] }), Of(key with { Reading = ["map", "ping"] }) };
        _folder.Write("a.jsonl", "{ }");
        digests.Add(Of(key));
        _folder.Write("tokenizer.json", "{ }");
        digests.Add(Of(key));
        Assert.Equal(8, digests.Count);
        Assert.Equal(Of(key), Of(key));
        static string Of(TokenCacheKey key) => key.Digest(TestContext.Current.CancellationToken);
    }

    private string Kept => _folder.File(Digest[..32] + ".tokens");

    private void AssertMadeAnew(byte[] bytes, IEnumerable<string> expected)
    {
        File.WriteAllBytes(Kept, bytes);
        var before = _made;
        Assert.Equal(expected, Told(Pairs(Digest)));
        Assert.Equal(before + 1, _made);
    }

    private IReadOnlyList<WholePair> Pairs(string digest) => new TokenCache(_folder.Path, _notes.Add).Pairs(digest, Make);

    private WholePair[] Make(Action<string> note)
    {
        _made++;
        note("made");
        return [new(new TokenizedPair([1, 2], [3], [4, 5], new RowPosition("a.jsonl", 1)), false), new(new TokenizedPair([], [6], [7], new RowPosition("b.jsonl", 9)), true)];
    }

    private static string[] Told(IReadOnlyList<WholePair> pairs) =>
        [.. pairs.Select(p => $"{p.Pair.Source} {string.Join(',', p.Pair.PromptIds)} {string.Join(',', p.Pair.ChosenIds)} {string.Join(',', p.Pair.RejectedIds)} {p.IsSplitApart}")];
}
