using System.Text;
using System.Text.RegularExpressions;

namespace AlignSharp.Data.Rows.Sources;

/// <summary>
/// File names with wildcards, as shells and the hub's data cards write them: <c>*</c> and <c>?</c> within one folder, <c>**</c> through folders,
/// <c>[0-9]</c> for one of several characters.
/// </summary>
internal sealed class GlobPattern
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Regex _regex;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">With '/' between folders.</param>
    public GlobPattern(string pattern) => _regex = new Regex($"^{Translate(pattern)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline, Longest);

    /// <summary>Whether a text has wildcards.</summary>
    public static bool IsIn(string text) => text.AsSpan().ContainsAny("*?[");

    /// <summary>Whether a path is meant.</summary>
    /// <param name="path">With '/' between folders.</param>
    public bool Matches(string path) => _regex.IsMatch(path);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var set = pattern[i] == '[' ? pattern.IndexOf(']', Math.Min(i + 2, pattern.Length)) : -1;
            if (set > 0)
            {
                regex.Append('[').Append(Set(pattern[(i + 1)..set])).Append(']');
                i = set;
            }
            else if (string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0)
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else if (string.CompareOrdinal(pattern, i, "**", 0, 2) == 0)
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var other => Regex.Escape(other.ToString()) });
            }
        }
        return regex.ToString();
    }

    private static string Set(string set)
    {
        var escaped = set.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
        return escaped.StartsWith('!') ? "^" + escaped[1..] : escaped.StartsWith('^') ? @"\" + escaped : escaped;
    }
}
