namespace AlignSharp.Data.Chat.Jinja.Operations;

/// <summary>
/// Where a text stands in another. .NET's search is fast, but a long part that nearly matches everywhere takes it the product of both
/// lengths; here a long part takes their sum (Knuth, Morris and Pratt).
/// </summary>
internal static class TextSearch
{
    private const int ShortPart = 64;

    /// <summary>First place, or -1.</summary>
    public static int First(string text, string part) => part.Length <= ShortPart
        ? text.IndexOf(part, StringComparison.Ordinal)
        : Places(text, part, overlap: false).DefaultIfEmpty(-1).First();

    /// <summary>Last place, or -1.</summary>
    public static int Last(string text, string part) => part.Length <= ShortPart
        ? text.LastIndexOf(part, StringComparison.Ordinal)
        : Places(text, part, overlap: true).DefaultIfEmpty(-1).Last();

    /// <summary>All places from left to right, or the first ones; none overlaps the one before it.</summary>
    public static List<int> All(string text, string part, int most = -1)
    {
        var places = part.Length <= ShortPart ? ShortPlaces(text, part) : Places(text, part, overlap: false);
        return [.. most < 0 ? places : places.Take(most)];
    }

    private static IEnumerable<int> ShortPlaces(string text, string part)
    {
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length) yield return at;
    }

    private static IEnumerable<int> Places(string text, string part, bool overlap)
    {
        var borders = Borders(part);
        var matched = 0;
        for (var i = 0; i < text.Length; i++)
        {
            while (matched > 0 && text[i] != part[matched]) matched = borders[matched - 1];
            if (text[i] == part[matched]) matched++;
            if (matched < part.Length) continue;
            yield return i + 1 - part.Length;
            matched = overlap ? borders[matched - 1] : 0;
        }
    }

    /// <summary>For each beginning of the part: how long the longest one is that it also ends with.</summary>
    private static int[] Borders(string part)
    {
        var borders = new int[part.Length];
        for (int i = 1, length = 0; i < part.Length; i++)
        {
            while (length > 0 && part[i] != part[length]) length = borders[length - 1];
            if (part[i] == part[length]) length++;
            borders[i] = length;
        }
        return borders;
    }
}
