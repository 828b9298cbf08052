namespace AlignSharp.Data.Pairs;

/// <summary>What of a pair stays when it is too long (<c>truncation_mode</c>).</summary>
public enum PairTruncation
{
    /// <summary>
    /// A prompt keeps its last <c>max_prompt_length</c> tokens, then prompt and completion together keep their first
    /// <c>max_length</c>; a pair whose prompt fills <c>max_length</c> is dropped. TRL 1.9's rule with the older prompt limit before it.
    /// </summary>
    KeepStart,

    /// <summary>
    /// TRL 0.7.1's <c>keep_end</c>: where prompt and longer completion exceed <c>max_length</c>, the prompt keeps its last
    /// <c>max_prompt_length</c> tokens; where they still do, both completions keep their first <c>max_length - max_prompt_length</c>.
    /// </summary>
    KeepEnd,

    /// <summary>TRL 0.7.1's <c>keep_start</c>: as <see cref="KeepEnd"/>, but the prompt keeps its first tokens.</summary>
    KeepPromptStart,
}
