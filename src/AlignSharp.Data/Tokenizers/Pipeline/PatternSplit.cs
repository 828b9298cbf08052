namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>What becomes of the matches when a pattern splits a text.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches are dropped.</summary>
    Removed,

    /// <summary>Every match is a piece of its own.</summary>
    Isolated,

    /// <summary>A match belongs to the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>A match belongs to the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one piece.</summary>
    Contiguous,
}

/// <summary>Splits text by a pattern.</summary>
internal static class PatternSplit
{
    /// <summary>Reads the <c>behavior</c> of a Split or Punctuation pre-tokenizer.</summary>
    public static SplitBehavior ReadBehavior(ArtifactJson json) => json.Required("behavior").Text() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var behavior => throw json.Fault($"behavior \"{behavior}\" is not known; expected Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };

    /// <summary>Makes the splitter.</summary>
    /// <param name="pattern">What matches.</param>
    /// <param name="behavior">What becomes of matches.</param>
    /// <param name="invert">Whether the text between matches counts as the match.</param>
    public static PreTokenizer Create(TextPattern pattern, SplitBehavior behavior, bool invert) => (piece, output) =>
    {
        var matches = new List<Range>();
        pattern.Matches(piece.Span, matches);
        var first = output.Count;
        var lastWasMatch = false;
        var done = 0;
        foreach (var match in matches)
        {
            if (match.Start.Value > done) Add(done, match.Start.Value, invert);
            Add(match.Start.Value, match.End.Value, !invert);
            done = match.End.Value;
        }
        if (done < piece.Length) Add(done, piece.Length, invert);

        void Add(int start, int end, bool isMatch)
        {
            var part = piece.Part(start, end);
            var joins = output.Count > first && behavior switch
            {
                SplitBehavior.MergedWithPrevious => isMatch && !lastWasMatch,
                SplitBehavior.MergedWithNext => !isMatch && lastWasMatch,
                SplitBehavior.Contiguous => isMatch == lastWasMatch,
                _ => false,
            };
            if (joins) output[^1] = output[^1] with { Length = output[^1].Length + part.Length };
            else if (!(isMatch && behavior == SplitBehavior.Removed)) output.Add(part);
            lastWasMatch = isMatch;
        }
    };
}
