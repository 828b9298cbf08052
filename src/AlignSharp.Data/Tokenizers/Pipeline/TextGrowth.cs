using AlignSharp.Data.Faults;

namespace AlignSharp.Data.Tokenizers.Pipeline;

/// <summary>
/// What the steps of a tokenizer.json may make of a text. Each may lengthen it, and twenty that double it make a million of one
/// character; the honest ones make at most 18 of one (NFKD), and then three bytes of each.
/// </summary>
internal static class TextGrowth
{
    private const int PerCharacter = 64, Free = 1 << 16;

    /// <summary>Faults where the steps have made too much.</summary>
    /// <param name="made">Characters after a step.</param>
    /// <param name="given">Characters before the first one.</param>
    /// <param name="what">The part of the tokenizer, for the message.</param>
    public static void Check(long made, long given, string what)
    {
        if (made > Free + PerCharacter * given) throw new ArtifactException($"tokenizer.json: {what} makes {made} characters of {given}; the file is damaged or means harm, download it again");
    }
}
