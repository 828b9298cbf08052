using AlignSharp.Data.Chat;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Rows;

/// <summary>Finds the prompt that two completions begin with.</summary>
internal static class ImplicitPrompt
{
    /// <summary>The turn that Anthropic's hh-rlhf texts open for an answer.</summary>
    private const string AssistantTurn = "\n\nAssistant:";

    /// <summary>Where writing has no spaces a word is not looked for further back than this.</summary>
    private const int LongestWord = 32;

    /// <summary>Whether a text is a dialogue as hh-rlhf writes it.</summary>
    public static bool IsDialogue(string text) => text.StartsWith("\n\nHuman:", StringComparison.Ordinal) && text.Contains(AssistantTurn, StringComparison.Ordinal);

    /// <summary>
    /// Splits two texts behind the last "Assistant:" that both share, else where the last word that both share ends; the space in front
    /// of a word belongs to the completions. Neither becomes empty unless the text is.
    /// </summary>
    public static (string Prompt, string Chosen, string Rejected) Split(string chosen, string rejected)
    {
        var shared = chosen.AsSpan().CommonPrefixLength(rejected);
        if (shared > 0 && char.IsHighSurrogate(chosen[shared - 1])) shared--;
        var turn = IsDialogue(chosen) ? chosen.AsSpan(0, shared).LastIndexOf(AssistantTurn) : -1;
        var at = turn >= 0 ? turn + AssistantTurn.Length : EndOfWord(chosen, rejected, shared);
        return (chosen[..at], chosen[at..], rejected[at..]);
    }

    private static int EndOfWord(string chosen, string rejected, int shared)
    {
        var at = shared;
        if (at == chosen.Length || at == rejected.Length) at = StartOfLastWord(chosen.AsSpan(0, at)); // whoever ends here would be left without a completion
        else if (ContinuesWord(chosen, at) || ContinuesWord(rejected, at))
        {
            var start = BackWhile(chosen, at, IsWord);
            if (at - start <= LongestWord) at = start;
        }
        return at > 0 && chosen[at - 1] == ' ' ? at - 1 : at;
    }

    private static int StartOfLastWord(ReadOnlySpan<char> text)
    {
        var end = text.TrimEnd().Length;
        var start = text[..end].LastIndexOfAny(" \t\r\n\u3000") + 1;
        if (end - start <= LongestWord) return start;
        return char.IsLowSurrogate(text[end - 1]) ? end - 2 : end - 1;
    }

    private static bool ContinuesWord(string text, int at) => at < text.Length && IsWord(text[at]);

    private static bool IsWord(char unit) => char.IsLetterOrDigit(unit) || unit is '\'' or '_' or '-';

    private static int BackWhile(string text, int at, Func<char, bool> belongs)
    {
        while (at > 0 && belongs(text[at - 1])) at--;
        return at;
    }

    /// <summary>TRL's extract_prompt on text, by code points as Python counts.</summary>
    /// <exception cref="DatasetException">A text is empty, where TRL fails too.</exception>
    public static (string Prompt, string Chosen, string Rejected) SplitAsTrl(string chosen, string rejected, RowPosition source)
    {
        int[] left = [.. chosen.EnumerateRunes().Select(rune => rune.Value)], right = [.. rejected.EnumerateRunes().Select(rune => rune.Value)];
        var at = IndexOfTrl(left.Length, right.Length, i => left[i] == right[i], i => left[i] == ' ', source);
        return (Text(left, 0, at), Text(left, at, left.Length), Text(right, at, right.Length));
    }

    /// <summary>Splits two conversations where their messages begin to differ; the last message of the shorter one is always a completion.</summary>
    public static (IReadOnlyList<ChatMessage> Prompt, IReadOnlyList<ChatMessage> Chosen, IReadOnlyList<ChatMessage> Rejected) Split(IReadOnlyList<ChatMessage> chosen, IReadOnlyList<ChatMessage> rejected)
    {
        var (most, shared) = (Math.Min(chosen.Count, rejected.Count) - 1, 0);
        while (shared < most && chosen[shared].IsSameAs(rejected[shared])) shared++;
        return ([.. chosen.Take(shared)], [.. chosen.Skip(shared)], [.. rejected.Skip(shared)]);
    }

    // Where the elements differ, one less if a space stands before; Python's index -1 is the last element.
    private static int IndexOfTrl(int left, int right, Func<int, bool> areEqual, Func<int, bool> isSpace, RowPosition source)
    {
        var length = Math.Min(left, right);
        if (length == 0) throw new DatasetException($"{source}: a completion is empty, and TRL's extraction of the prompt fails; remove the row, or take prompt_extraction: mended.");
        for (var i = 0; i < length; i++)
            if (!areEqual(i)) return isSpace(i == 0 ? left - 1 : i - 1) ? i - 1 : i;
        return length - 1;
    }

    // Python's slices: a negative place counts from the end.
    private static string Text(int[] runes, int from, int to)
    {
        if (from < 0) from += runes.Length;
        if (to < 0) to += runes.Length;
        return from >= to ? "" : string.Concat(runes[from..to].Select(char.ConvertFromUtf32));
    }
}
