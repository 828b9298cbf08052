using System.Text;

namespace AlignSharp.Data.Tests.Tokenizers;

/// <summary>Random strings with a seed: runs from many scripts, spaces, marks, controls.</summary>
internal static class RandomText
{
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E), (0x20, 0x20), (0x61, 0x7A), (0x09, 0x0D), (0x00, 0x1F), (0xA0, 0x24F), (0x300, 0x36F), (0x400, 0x4FF), (0x590, 0x6FF),
        (0x900, 0x97F), (0x2000, 0x206F), (0x2581, 0x2581), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xFFFF),
        (0x10000, 0x103FF), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x10FFF0, 0x10FFFF),
    ];

    public static IEnumerable<string> Strings(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var run = random.Next(8); run > 0; run--)
            {
                var (first, last) = Ranges[random.Next(Ranges.Length)];
                for (var length = random.Next(1, 12); length > 0; length--) text.Append(new Rune(random.Next(first, last + 1)).ToString());
            }
            yield return text.ToString();
        }
    }

    /// <summary>Strings over a few characters, in which merges meet often.</summary>
    public static IEnumerable<string> Strings(int seed, int count, string alphabet)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++) yield return new string(random.GetItems(alphabet.AsSpan(), random.Next(40)));
    }
}
