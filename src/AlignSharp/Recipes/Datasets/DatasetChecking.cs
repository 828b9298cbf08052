using AlignSharp.Data.Checks;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Data.Rows;
using AlignSharp.Data.Rows.Sources;
using AlignSharp.Data.Tokenizers;

namespace AlignSharp.Recipes.Datasets;

/// <summary>Checks the preferences of a run as it will train them: <c>align data check</c>, and in short form what every run does before it starts.</summary>
public static class DatasetChecking
{
    /// <summary>Checks a run's training set against its evaluation set.</summary>
    /// <param name="run">The rows; without a tokenizer only texts are looked at.</param>
    /// <param name="note">Receives shapes, and what is left unchecked.</param>
    /// <param name="progress">Receives the number of rows that were looked at, now and then.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <returns>The report, and where the pairs stand that could be read.</returns>
    /// <exception cref="AlignSharpException">Data or tokenizer cannot be read.</exception>
    public static (CheckReport Report, IReadOnlyList<RowPosition> Readable) Run(DatasetRun run, Action<string> note, Action<long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(note);
        var (training, evaluation) = (run.Training(), run.Evaluation());
        var reader = training.SkippingBadRows().AnyPreferences();
        foreach (var shape in reader.Shapes) note(shape);
        if (evaluation is not null) note($"{evaluation.Name}: its prompts must not be among those");
        var pairs = run.Pairs(reader, out var tokenizer);
        if (tokenizer is null) note(pairs is not null ? "no tokenizer is named: what depends on special tokens is not checked" : "no tokenizer is named: only texts are checked, not what tokens and max_length make of them; give --tokenizer DIR");
        var check = new DatasetCheck(pairs, Options(tokenizer, run.MaxLength));
        return (check.Run(training, evaluation, most: null, progress, cancellation), check.Readable);
    }

    /// <summary>What the check knows of a tokenizer and a window.</summary>
    /// <param name="tokenizer">The tokenizer, or null.</param>
    /// <param name="maxLength">The window, or null.</param>
    internal static PreferenceCheckOptions Options(ITokenizer? tokenizer, int? maxLength)
    {
        if (tokenizer is null) return new PreferenceCheckOptions { MaxLength = maxLength };
        var special = tokenizer.Special;
        SpecialToken?[] named = [special.Bos, special.Eos, special.Unk, special.Pad];
        // A tokenizer that adds a beginning puts it in front of any text.
        var addsBos = special.Bos is { } bos && tokenizer.Encode("a") is [var first, ..] && first == bos.Id;
        return new PreferenceCheckOptions
        {
            EosIds = special.Eos is { } eos ? [eos.Id] : [],
            EosText = special.Eos?.Content,
            BosText = addsBos ? special.Bos!.Content : null,
            BosId = special.Bos?.Id,
            SpecialTokens = [.. named.OfType<SpecialToken>().Select(token => token.Content).Where(text => text.Length > 0).Distinct()],
            MaxLength = maxLength,
        };
    }
}
