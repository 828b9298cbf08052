namespace AlignSharp.Data.Pairs;

/// <summary>
/// A run of packed tokens that attend among themselves only: a trunk (the prompt, or a whole sequence), then up to two branches
/// (the completions). A branch token sees the trunk and the earlier tokens of its own branch, never the other branch.
/// </summary>
/// <param name="Start">Index of the first token in the packed arrays.</param>
/// <param name="Trunk">Tokens of the trunk; may be 0.</param>
/// <param name="FirstBranch">Tokens of the first branch (chosen); 0 when there is none.</param>
/// <param name="SecondBranch">Tokens of the second branch (rejected); 0 when there is none.</param>
public readonly record struct Segment(int Start, int Trunk, int FirstBranch, int SecondBranch)
{
    /// <summary>Tokens of the whole segment.</summary>
    public int Length => Trunk + FirstBranch + SecondBranch;

    /// <summary>Tokens of the longer sequence in it: trunk and longer branch.</summary>
    public int LongestSequence => Trunk + Math.Max(FirstBranch, SecondBranch);
}
