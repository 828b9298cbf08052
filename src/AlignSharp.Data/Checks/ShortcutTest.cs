namespace AlignSharp.Data.Checks;

/// <summary>How well a bag-of-words classifier tells the better completion of pairs whose prompts it never saw.</summary>
/// <param name="Pairs">Pairs that were classified; of very large sets a sample.</param>
/// <param name="Accuracy">Share of pairs that it ranks as they are labelled, undecided ones counted half.</param>
/// <param name="Lower">Lower end of the accuracy's 95 % interval (Wilson, over distinct prompts).</param>
/// <param name="Upper">Upper end.</param>
/// <param name="ChosenWords">The words that speak most for a completion, at most five, escaped.</param>
/// <param name="RejectedWords">The words that speak most against one, at most five, escaped.</param>
public sealed record ShortcutTest(
    int Pairs, double Accuracy, double Lower, double Upper, IReadOnlyList<string> ChosenWords, IReadOnlyList<string> RejectedWords);
