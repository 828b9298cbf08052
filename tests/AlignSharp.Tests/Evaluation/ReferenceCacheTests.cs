using AlignSharp.Evaluation;
using AlignSharp.Tests.Runtime;
using Xunit;

namespace AlignSharp.Tests.Evaluation;

public sealed class ReferenceCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TinyReference _reference = new();
    private readonly List<string> _notes = [];
    private readonly ReferenceLogps _right;

    public ReferenceCacheTests() => _right = _reference.Pass().All();

    public void Dispose()
    {
        _reference.Dispose();
        _folder.Dispose();
    }

    private string Cache => _folder.Combine("cache", "below");

    private string Entry => Assert.Single(Directory.GetFiles(Cache));

    [Fact]
    public void What_was_computed_once_is_read_again_to_the_bit_and_one_batch_is_asked_to_make_sure()
    {
        AssertRight(batches: 3);
        Assert.Contains($"computed and kept in {Entry} (10 pairs)", _notes[^1], StringComparison.Ordinal);
        AssertRight(batches: 1);
        Assert.Equal($"reference log-probabilities: read from {Entry} (10 pairs)", _notes[^1]);
    }

    [Fact]
    public void Another_key_is_another_file()
    {
        Logps();
        AssertRight(batches: 3, _reference.Key with { Model = "other" });
        Assert.Equal(2, Directory.GetFiles(Cache).Length);
    }

    [Fact]
    public void A_file_of_another_key_under_this_ones_name_is_not_used()
    {
        Logps();
        ReferenceLogpsFile.Write(Entry, _reference.Key with { Tokenizer = "other" }, Shifted(1));
        AssertMadeAnew($"{Entry}: its key says tokenizer other, expected none");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(600)]
    public void A_cut_file_is_not_used_and_replaced(int length)
    {
        Logps();
        using (var file = File.OpenWrite(Entry)) file.SetLength(length);
        AssertMadeAnew(Entry);
    }

    [Fact]
    public void A_damaged_number_is_not_used_and_replaced()
    {
        Logps();
        var bytes = File.ReadAllBytes(Entry);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Entry, bytes);
        AssertMadeAnew($"{Entry}: its checksum does not fit its numbers");
    }

    [Fact]
    public void A_file_of_something_else_is_not_used_and_replaced()
    {
        Logps();
        File.WriteAllText(Entry, "{\"this\": \"is something else, and long enough for a length field\"}");
        AssertMadeAnew(Entry);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.01)]
    [InlineData(float.NaN)]
    public void Wrong_numbers_under_a_right_checksum_are_noticed_by_the_first_batch_and_replaced(float shift)
    {
        Logps();
        ReferenceLogpsFile.Write(Entry, _reference.Key, Shifted(shift));
        AssertMadeAnew($"{Entry} is not used, row 1 has ");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_a_note()
    {
        _folder.Write("cache", "a file where the folder should be");
        AssertRight(batches: 3);
        AssertNotKept();
    }

    [Fact]
    public void A_read_only_folder_costs_a_note_and_what_is_there_is_read()
    {
        if (OperatingSystem.IsWindows()) return; // folders have no such mode there
        const UnixFileMode readOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        Logps();
        File.SetUnixFileMode(Cache, readOnly);
        try
        {
            AssertRight(batches: 1);
            Assert.SkipWhen(MayWrite(Cache), "this user may write to read-only folders");
            AssertRight(batches: 3, _reference.Key with { Model = "other" });
            AssertNotKept();
        }
        finally
        {
            File.SetUnixFileMode(Cache, readOnly | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_folder_where_the_file_should_be_costs_a_note()
    {
        Logps();
        var entry = Entry;
        File.Delete(entry);
        Directory.CreateDirectory(entry);
        AssertRight(batches: 3);
        AssertNotKept();
        Assert.Empty(Directory.GetFiles(Cache)); // no temporary file either
    }

    [Fact]
    public void After_a_cancellation_between_batches_nothing_is_kept()
    {
        using var interruption = new CancellationTokenSource();
        using var reference = new TinyReference { Asked = batch => { if (batch == 2) interruption.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => new ReferenceCache(Cache, _notes.Add).Logps(reference.Key, reference.Pass(), interruption.Token));
        Assert.Equal(2, reference.Calls);
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public async Task Many_that_keep_and_read_the_same_entry_at_once_see_whole_files_only()
    {
        Logps();
        var entry = Entry;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                ReferenceLogpsFile.Write(entry, _reference.Key, _right);
                Assert.Equal(_right.Chosen, ReferenceLogpsFile.Read(entry, _reference.Key, _right.Rows).Chosen);
            }
        })));
        Assert.Equal(entry, Entry);
    }

    private ReferenceLogps Logps(ReferenceLogpsKey? key = null) => new ReferenceCache(Cache, _notes.Add).Logps(key ?? _reference.Key, _reference.Pass());

    private ReferenceLogps Shifted(float shift) => new([.. _right.Chosen.Select(value => value + shift)], _right.Rejected);

    private void AssertRight(int batches, ReferenceLogpsKey? key = null)
    {
        var before = _reference.Calls;
        var found = Logps(key);
        Assert.Equal(batches, _reference.Calls - before);
        Assert.Equal(_right.Chosen, found.Chosen);
        Assert.Equal(_right.Rejected, found.Rejected);
    }

    // One note that names the file and the cause, the right numbers, and a file that the next run can use.
    private void AssertMadeAnew(string cause)
    {
        _notes.Clear();
        var found = Logps();
        Assert.Contains(cause, Assert.Single(_notes, note => note.Contains("is not used", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(_notes, note => note.Contains('\n', StringComparison.Ordinal));
        Assert.Equal(_right.Chosen, found.Chosen);
        _notes.Clear();
        Assert.Equal(_right.Chosen, Logps().Chosen);
        Assert.StartsWith("reference log-probabilities: read from", Assert.Single(_notes), StringComparison.Ordinal);
    }

    private static bool MayWrite(string folder)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, "probe"), "");
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void AssertNotKept()
    {
        Assert.StartsWith("reference log-probabilities: computed, but not kept for later runs, ", _notes[^1], StringComparison.Ordinal);
        Assert.Contains(_folder.Combine("cache"), _notes[^1], StringComparison.Ordinal);
        Assert.EndsWith("; ALIGNSHARP_CACHE names another cache folder", _notes[^1], StringComparison.Ordinal);
    }
}
