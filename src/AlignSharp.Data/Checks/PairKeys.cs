namespace AlignSharp.Data.Checks;

/// <summary>What identifies a pair without its texts: hashes, so that equal texts are equal and others differ as surely as 64 bits can tell.</summary>
/// <param name="Prompt">Of the prompt with its white space normalised.</param>
/// <param name="Chosen">Of the better completion.</param>
/// <param name="Rejected">Of the worse completion.</param>
internal readonly record struct PairKeys(ulong Prompt, ulong Chosen, ulong Rejected);
