using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Recipes;

/// <summary>Reads preference rows and makes token pairs of them, telling what was changed on the way.</summary>
internal static class PreferenceData
{
    /// <summary>Reads and tokenises one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokenizerFolder">Folder with a tokenizer; read only when the rows are text.</param>
    /// <param name="maxLength">Most tokens of a sequence, or null.</param>
    /// <param name="vocabularySize">Rows of the model's embedding.</param>
    /// <param name="note">Receives a line for pairs that were dropped, cut or split apart.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static IReadOnlyList<TokenizedPair> Load(string path, string tokenizerFolder, int? maxLength, int vocabularySize, Action<string> note, CancellationToken cancellation)
    {
        var rows = PreferenceFiles.Read(path).ToList();
        var tokenizer = rows.Any(r => r is PreferenceRow) && TokenizerFolder.Exists(tokenizerFolder) ? TokenizerFolder.Load(tokenizerFolder) : null;
        var tokenized = new PairTokenizer(tokenizer, new PairTokenizerOptions { MaxLength = maxLength }).Tokenize(rows, cancellation);
        VocabularyCheck.Require(tokenized.Pairs, vocabularySize);
        Report(path, tokenized, maxLength, note);
        return tokenized.Pairs;
    }

    private static void Report(string path, TokenizedPairs tokenized, int? maxLength, Action<string> note)
    {
        note($"{path}: {tokenized.Pairs.Count} pairs, {tokenized.Pairs.Sum(p => (long)p.SequenceTokens)} tokens");
        if (tokenized.DroppedPairs > 0) note($"{path}: {tokenized.DroppedPairs} pairs dropped, their prompt fills max_length ({maxLength})");
        if (tokenized.TruncatedPairs > 0) note($"{path}: {tokenized.TruncatedPairs} pairs cut to max_length ({maxLength})");
        if (tokenized.EqualAfterTruncation > 0) note($"{path}: {tokenized.EqualAfterTruncation} pairs are equal after the cut and teach nothing; raise max_length");
        if (tokenized.BoundaryMismatches > 0) note($"{path}: {tokenized.BoundaryMismatches} pairs have a token across the end of the prompt; they were split at the prompt's end");
    }
}
