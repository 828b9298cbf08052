using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Pairs;

/// <summary>
/// Keeps tokenised data sets in a folder, a file for each <see cref="TokenCacheKey"/>, so that a later run starts at once. What lies there is checked
/// before it is used; whatever is wrong with it costs a note and the work, never the run. Processes may share the folder.
/// </summary>
/// <param name="folder">The folder; created when something is kept.</param>
/// <param name="note">Receives one line a fact that the user should know.</param>
public sealed class TokenCache(string folder, Action<string> note)
{
    // The name holds half of the digest's digits; the whole key stands in the file and is compared.
    private const int NameDigits = 32;

    /// <summary>The whole pairs of a data set: kept ones, else made and kept.</summary>
    /// <param name="digest">The key's digest.</param>
    /// <param name="make">Makes them; what it tells its note is told again when they come from the folder.</param>
    public IReadOnlyList<WholePair> Pairs(string digest, Func<Action<string>, IReadOnlyList<WholePair>> make)
    {
        if (Recall(digest, parts: 3) is { } kept)
            return [.. kept.Rows.Select(row => new WholePair(new TokenizedPair(row.Lists[0], row.Lists[1], row.Lists[2], row.Source), row.Mark))];
        var (made, notes) = Made(make);
        Keep(digest, new TokenTable(3, [.. made.Select(pair => new TokenTable.Row(pair.Pair.Source, pair.IsSplitApart, [pair.Pair.PromptIds, pair.Pair.ChosenIds, pair.Pair.RejectedIds]))], notes));
        return made;
    }

    /// <summary>The sequences of a data set: kept ones, else made and kept.</summary>
    /// <inheritdoc cref="Pairs"/>
    public IReadOnlyList<TokenizedSequence> Sequences(string digest, Func<Action<string>, IReadOnlyList<TokenizedSequence>> make)
    {
        if (Recall(digest, parts: 2) is { } kept)
            return [.. kept.Rows.Select(row => new TokenizedSequence(row.Lists[0], Scored(row.Lists[1], row.Lists[0].Length), row.Source))];
        var (made, notes) = Made(make);
        Keep(digest, new TokenTable(2, [.. made.Select(sequence => new TokenTable.Row(sequence.Source, false, [sequence.Ids, Changes(sequence.Scored)]))], notes));
        return made;
    }

    private (T Made, IReadOnlyList<string> Notes) Made<T>(Func<Action<string>, T> make)
    {
        var notes = new List<string>();
        var made = make(line =>
        {
            notes.Add(line);
            note(line);
        });
        return (made, notes);
    }

    private TokenTable? Recall(string digest, int parts)
    {
        try
        {
            if (TokenCacheFile.Read(PathOf(digest), digest) is not { } table || table.Parts != parts) return null;
            foreach (var line in table.Notes) note(line);
            note($"token ids: read from {PathOf(digest)} ({table.Rows.Count} rows)");
            return table;
        }
        catch (ArtifactException fault)
        {
            note($"token ids: {fault.Message}");
            return null;
        }
    }

    private void Keep(string digest, TokenTable table)
    {
        try
        {
            Directory.CreateDirectory(folder);
            TokenCacheFile.Write(PathOf(digest), digest, table);
        }
        // Also on a full disk: the ids are in memory and right, and the run may yet end well.
        catch (Exception fault) when (fault is AlignSharpException or IOException or UnauthorizedAccessException)
        {
            note($"token ids: not kept for later runs, {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private string PathOf(string digest) => Path.Combine(folder, $"{digest[..NameDigits]}.tokens");

    // Where scoring begins and ends in turn: most rows have one change.
    private static int[] Changes(bool[] scored)
    {
        var (changes, state) = (new List<int>(), false);
        for (var i = 0; i < scored.Length; i++)
            if (scored[i] != state)
            {
                changes.Add(i);
                state = scored[i];
            }
        return [.. changes];
    }

    private static bool[] Scored(int[] changes, int length)
    {
        var scored = new bool[length];
        for (var i = 0; i < changes.Length; i += 2) scored.AsSpan(changes[i]..(i + 1 < changes.Length ? changes[i + 1] : length)).Fill(true);
        return scored;
    }
}
