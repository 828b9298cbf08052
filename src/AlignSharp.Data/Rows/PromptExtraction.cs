namespace AlignSharp.Data.Rows;

/// <summary>How the prompt is found that two completions begin with, where rows have none of their own (<c>prompt_extraction</c>).</summary>
public enum PromptExtraction
{
    /// <summary>What both begin with, up to a turn of the assistant or else the end of a word; both completions keep something.</summary>
    Mended,

    /// <summary>As TRL's <c>extract_prompt</c>: up to the first character that differs, in the middle of words too, with its faults at the ends.</summary>
    Trl,
}
