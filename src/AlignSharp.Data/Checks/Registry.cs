using AlignSharp.Data.Checks.RowRules;
using AlignSharp.Data.Checks.WholeSet;

namespace AlignSharp.Data.Checks;

/// <summary>
/// The checks, in the order in which a report has their findings. To add one: a file in <c>RowRules</c> or <c>WholeSet</c>, a line here, a
/// planted fault among the tests, a section in docs/guide/data-check.md.
/// </summary>
internal static class Registry
{
    /// <summary>Makes the checks for one set.</summary>
    /// <param name="options">What is known of the run.</param>
    /// <param name="leaks">The check that knows the evaluation set.</param>
    /// <param name="lengthBias">The check that measures lengths.</param>
    /// <param name="shortcut">The check that measures words.</param>
    public static IReadOnlyList<ICheck> Create(PreferenceCheckOptions options, EvaluationLeaks leaks, LengthBiasCheck lengthBias, ShortcutCheck shortcut)
    {
        var ends = new AnswerEnds(options.EosIds);
        var checks = new List<ICheck>
        {
            new RowCheck(new IdenticalAnswers()),
            new RowCheck(new EmptyAnswer(ends)),
            new RowCheck(new OneTokenAnswer(ends)),
            new RowCheck(new EqualAfterTruncation(options.MaxLength)),
            new RowCheck(new PromptFillsWindow(options.MaxLength)),
            new DuplicateRows(),
            new Contradictions(),
            leaks,
            new RowCheck(new InvertedScores()),
            new RowCheck(new TiedScores()),
            shortcut,
            lengthBias,
            new RowCheck(new SpecialTokenText(options.SpecialTokens, options.BosText, options.EosText)),
            new RowCheck(new DoubleBos(options.BosId, options.BosText)),
            new RowCheck(new SplitPrompt()),
            new RowCheck(new LoneSurrogate()),
            new RowCheck(new Mojibake()),
            new RowCheck(new ReplacementCharacter()),
            new RowCheck(new ControlCharacter()),
            new RowCheck(new BidiControl()),
        };
        if (options.RequiresEos) checks.AddRange([new RowCheck(new MissingEos(ends)), new RowCheck(new EosCutOff(ends, options.MaxLength))]);
        return checks;
    }
}
