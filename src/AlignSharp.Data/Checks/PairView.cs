using System.Runtime.InteropServices;
using AlignSharp.Data.Checks.Statistics;

namespace AlignSharp.Data.Checks;

/// <summary>A pair with what several checks need of it.</summary>
internal sealed class PairView
{
    /// <summary>Looks at a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="ordinal">Which of the pairs it is, from 0.</param>
    public PairView(CheckedPair pair, int ordinal)
    {
        Pair = pair;
        Ordinal = ordinal;
        HasText = pair.Whole is null || pair.Prompt.Length + pair.Chosen.Length + pair.Rejected.Length > 0;
        Keys = HasText
            ? new PairKeys(NormalizedHash(pair.Prompt), TextHash.Of(pair.Chosen), TextHash.Of(pair.Rejected))
            : new PairKeys(Hash(pair.Whole!.PromptIds), Hash(pair.Whole.ChosenIds), Hash(pair.Whole.RejectedIds));
        HasPrompt = HasText ? !string.IsNullOrWhiteSpace(pair.Prompt) : pair.Whole!.PromptIds.Length > 0;
    }

    public CheckedPair Pair { get; }

    public int Ordinal { get; }

    /// <summary>Whether there are texts; rows of token ids come without.</summary>
    public bool HasText { get; }

    /// <summary>Whether the prompt is more than white space.</summary>
    public bool HasPrompt { get; }

    public PairKeys Keys { get; }

    /// <summary>What rows of one prompt share; a pair without a prompt stands alone.</summary>
    public ulong Group => HasPrompt ? Keys.Prompt : TextHash.Mix(Keys.Chosen ^ Keys.Rejected, Keys.Prompt);

    /// <summary>The first place of the texts that a search finds, as an excerpt with the field's name; null where there is none.</summary>
    /// <param name="find">Where in a text it is, or -1.</param>
    public string? Where(Func<string, int> find)
    {
        foreach (var (field, text) in (ReadOnlySpan<(string, string)>)[("prompt", Pair.Prompt), ("chosen", Pair.Chosen), ("rejected", Pair.Rejected)])
            if (find(text) is >= 0 and var at) return $"{field}: {Excerpt.Around(text, at)}";
        return null;
    }

    // Runs of white space are one space, none at the ends: copies of a prompt differ in it most of all.
    private static ulong NormalizedHash(string text)
    {
        Span<char> normalized = text.Length <= 512 ? stackalloc char[512] : new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character)) normalized[length++] = character;
            else if (length > 0 && normalized[length - 1] != ' ') normalized[length++] = ' ';
        }
        if (length > 0 && normalized[length - 1] == ' ') length--;
        return TextHash.Of(normalized[..length]);
    }

    private static ulong Hash(int[] ids) => TextHash.Of(MemoryMarshal.Cast<int, char>(ids));
}
