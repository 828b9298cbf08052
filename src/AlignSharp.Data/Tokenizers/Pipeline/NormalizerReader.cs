using System.Globalization;
using System.Text;
using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json: a function from text to text.</summary>
internal static class NormalizerReader
{
    /// <summary>Builds the function.</summary>
    /// <exception cref="ArtifactException">A type that is not supported, or Unicode normalisation is not available in this process.</exception>
    public static Func<string, string> Read(ArtifactJson json) => json.Required("type").Text() switch
    {
        "Sequence" => Sequence([.. json.Required("normalizers").Items().Select(Read)]),
        "Prepend" => Prepend(json.Required("prepend").ShortText()),
        "Replace" => TextPattern.Read(json.Required("pattern")).Replacer(json.Required("content").ShortText()),
        "NFC" => UnicodeNormalizer.Create(NormalizationForm.FormC, json),
        "NFD" => UnicodeNormalizer.Create(NormalizationForm.FormD, json),
        "NFKC" => UnicodeNormalizer.Create(NormalizationForm.FormKC, json),
        "NFKD" => UnicodeNormalizer.Create(NormalizationForm.FormKD, json),
        "Lowercase" => text => text.ToLowerInvariant(),
        "StripAccents" => WithoutAccents,
        "Strip" => Strip(json.Flag("strip_left", true), json.Flag("strip_right", true)),
        "ByteLevel" => ToByteLevel,
        var type => throw json.Fault($"normalizer \"{type}\" is not supported; use a tokenizer whose normalizers are Prepend, Replace, NFC/NFD/NFKC/NFKD, Lowercase, Strip, StripAccents or ByteLevel"),
    };

    private static Func<string, string> Sequence(Func<string, string>[] steps) => text =>
    {
        var given = text.Length;
        foreach (var step in steps)
        {
            text = step(text);
            TextGrowth.Check(text.Length, given, "normalizer");
        }
        return text;
    };

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Strip(bool left, bool right) => text =>
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    };

    private static string WithoutAccents(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark) output.Append(rune.ToString());
        return output.ToString();
    }

    private static string ToByteLevel(string text)
    {
        var output = new StringBuilder(text.Length);
        ByteLevelAlphabet.Append(text, output);
        return output.ToString();
    }
}
