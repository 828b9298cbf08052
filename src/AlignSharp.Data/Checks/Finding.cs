namespace AlignSharp.Data.Checks;

/// <summary>Something that is wrong, or worth knowing, with a preference set.</summary>
/// <param name="Code">Its name for programs, such as <c>identical-answers</c>.</param>
/// <param name="Severity">How grave it is.</param>
/// <param name="Count">Training pairs with it, or rows for unreadable ones.</param>
/// <param name="Share">The count over all of them, 0 to 1.</param>
/// <param name="Title">What was found, as half a sentence.</param>
/// <param name="Meaning">What it does to a run, with the figures of this set.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Examples">The first rows with it, at most three.</param>
public sealed record Finding(
    string Code, FindingSeverity Severity, int Count, double Share, string Title, string Meaning, string Remedy, IReadOnlyList<FindingExample> Examples);
