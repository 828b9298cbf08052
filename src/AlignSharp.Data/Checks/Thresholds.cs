namespace AlignSharp.Data.Checks;

/// <summary>
/// Where findings begin and when they turn grave, with the reasons. What a single row shows (identical answers, a broken character)
/// counts from the first row on. What only a whole set shows must be both significant and large enough to matter, so that neither a
/// small set nor a slight leaning of a large one raises an alarm.
/// </summary>
internal static class Thresholds
{
    /// <summary>Standard deviations of the 95 % intervals that the report shows.</summary>
    public const double Shown = 1.959964;

    /// <summary>Standard deviations of the 99.9 % interval that must exclude chance before the linter warns: one clean set in a thousand is too many already.</summary>
    public const double Decisive = 3.290527;

    /// <summary>How far the share of longer chosen answers is from a half before it warns. People's honest preference for fuller answers reaches 0.55 to 0.6 in the usual sets.</summary>
    public const double LengthEffect = 0.1;

    /// <summary>Prompts below which a share says nothing.</summary>
    public const int LeastPrompts = 50;

    /// <summary>Held-out accuracy (lower end) from which words alone decide. Honest sets stay below 0.7, as quality is more than vocabulary.</summary>
    public const double ShortcutAccuracy = 0.8;

    /// <summary>From this share on one-token answers are the task (a choice of letters), below it they are debris.</summary>
    public const double AnswersAreTokens = 0.2;

    /// <summary>From this share on special tokens are how the texts were written (a template already rendered), below it they are accidents.</summary>
    public const double TextsAreRendered = 0.9;

    /// <summary>From this share on a missing end of sequence is no slip of a few rows: the model will not learn to stop.</summary>
    public const double EosIsMissing = 0.5;

    /// <summary>From this share on cut-off ends teach answers that do not end; below it that is the price of a window.</summary>
    public const double EosIsCutOff = 0.1;

    /// <summary>Shingle of an evaluation prompt that stands in more than this share of them is boilerplate (a system prompt, a template) and does not make prompts alike.</summary>
    public const double Boilerplate = 0.1;

    /// <summary>Prompts with fewer shingles than this are compared exactly only: short questions are alike by nature.</summary>
    public const int LeastShingles = 5;
}
