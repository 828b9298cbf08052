using System.Globalization;
using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>NFC, NFD, NFKC and NFKD over .NET's own normalisation, with its three traps closed.</summary>
internal static class UnicodeNormalizer
{
    /// <summary>
    /// Longest run of combining marks that is normalised as one: ordering them takes quadratic time. A longer run, which no
    /// writing has, is normalised in parts of this length.
    /// </summary>
    private const int LongestMarkRun = 4_096;

    /// <summary>Makes the function.</summary>
    /// <exception cref="ArtifactException">This process cannot normalise.</exception>
    public static Func<string, string> Create(NormalizationForm form, ArtifactJson json)
    {
        RequireNormalization(text => text.Normalize(NormalizationForm.FormC), json);
        return text => Normalize(text, form);
    }

    /// <summary>
    /// Fails when string normalisation does nothing, as it does in .NET's globalization-invariant mode (usual in slim containers):
    /// ids would be wrong without an error.
    /// </summary>
    /// <param name="normalizeC">Composition as this process performs it.</param>
    /// <param name="where">Makes the fault.</param>
    public static void RequireNormalization(Func<string, string> normalizeC, ArtifactJson where)
    {
        if (normalizeC("e\u0301") != "\u00E9")
            throw where.Fault("Unicode normalisation is switched off in this process, so token ids would be wrong; unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT and install ICU (libicu)");
    }

    private static string Normalize(string text, NormalizationForm form)
    {
        // .NET refuses U+FFFE; nothing composes across it, so the text around it can be normalised apart.
        if (text.Contains('\uFFFE', StringComparison.Ordinal)) return string.Join('\uFFFE', text.Split('\uFFFE').Select(part => Normalize(part, form)));
        if (text.Length <= LongestMarkRun) return text.Normalize(form);
        var output = new StringBuilder(text.Length);
        var done = 0;
        foreach (var cut in CutsInMarkRuns(text))
        {
            output.Append(text[done..cut].Normalize(form));
            done = cut;
        }
        return output.Append(text[done..].Normalize(form)).ToString();
    }

    private static List<int> CutsInMarkRuns(string text)
    {
        var cuts = new List<int>();
        var (run, position) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var isMark = !rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
            run = isMark ? run + 1 : 0;
            if (run > 0 && run % LongestMarkRun == 0) cuts.Add(position);
            position += rune.Utf16SequenceLength;
        }
        return cuts;
    }
}
