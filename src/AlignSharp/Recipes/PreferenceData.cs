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
    /// <param name="options">The run: its mapping and limits.</param>
    /// <param name="model">Model and tokenizer; a tokenizer is read only when the rows are text.</param>
    /// <param name="note">Receives a line for pairs that were dropped, cut or split apart.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static IReadOnlyList<TokenizedPair> Load(string path, DpoRunOptions options, ModelSource model, Action<string> note, CancellationToken cancellation)
    {
        var all = (options.Mapping is { } mapping ? PreferenceFiles.Read(path, mapping.ForPreferences()) : PreferenceFiles.Read(path)).ToList();
        var rows = RowLimit.Apply(path, all, RowCharacters.Of, options.MaxCharacters, note);
        var tokenizer = rows.Any(r => r is PreferenceRow) && TokenizerFolder.Exists(model.TokenizerFolder) ? TokenizerFolder.Load(model.TokenizerFolder) : null;
        var tokenized = new PairTokenizer(tokenizer, Lengths(options)).Tokenize(rows, cancellation);
        VocabularyCheck.Require(tokenized.Pairs, model.Config.Shape.VocabularySize);
        note($"{path}: {tokenized.Pairs.Count} pairs, {tokenized.Pairs.Sum(p => (long)p.SequenceTokens)} tokens");
        if (tokenized.TruncatedPrompts > 0) note($"{path}: {tokenized.TruncatedPrompts} prompts cut to max_prompt_length ({options.MaxPromptLength}), their {(options.TruncationMode == PairTruncation.KeepPromptStart ? "start" : "end")} stays");
        ReportChanges(path, tokenized, options.MaxLength, note);
        return tokenized.Pairs;
    }

    private static PairTokenizerOptions Lengths(DpoRunOptions options) => new()
    {
        MaxLength = options.MaxLength,
        MaxPromptLength = options.MaxPromptLength,
        Truncation = options.TruncationMode,
    };

    /// <summary>Tells what tokenising did to pairs.</summary>
    /// <param name="path">Their file.</param>
    /// <param name="tokenized">The pairs.</param>
    /// <param name="maxLength">Most tokens of a sequence, or null.</param>
    /// <param name="note">Receives the lines.</param>
    public static void ReportChanges(string path, TokenizedPairs tokenized, int? maxLength, Action<string> note)
    {
        if (tokenized.DroppedPairs > 0) note($"{path}: {tokenized.DroppedPairs} pairs dropped, their prompt fills max_length ({maxLength})");
        if (tokenized.TruncatedPairs > 0) note($"{path}: {tokenized.TruncatedPairs} pairs cut to max_length ({maxLength})");
        if (tokenized.EqualAfterTruncation > 0) note($"{path}: {tokenized.EqualAfterTruncation} pairs are equal after the cut and teach nothing; raise max_length");
        if (tokenized.BoundaryMismatches > 0) note($"{path}: {tokenized.BoundaryMismatches} pairs have a token across the end of the prompt; they were split at the prompt's end");
    }
}
