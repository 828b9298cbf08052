using System.Globalization;
using System.Text;
using AlignSharp.Data.Previews;

namespace AlignSharp.Cli.Terminal;

/// <summary>Shows rows as they will be trained: in colours on a terminal, with marks between the tokens elsewhere.</summary>
internal sealed class PreviewView(TextWriter output, bool isColored, bool showsIds)
{
    private const string Reset = "\u001b[0m";
    private const string LineBreak = "⏎\n    ";

    // Two shades a part, so that neighbouring tokens can be told apart.
    private static readonly Dictionary<string, (int, int)> Shades = new(StringComparer.Ordinal) { ["prompt"] = (75, 33), ["chosen"] = (114, 28), ["rejected"] = (210, 160), ["tokens"] = (114, 28) };
    private static readonly (int, int) Masked = (250, 244);

    /// <summary>Writes one row.</summary>
    public void Write(RowPreview row)
    {
        var lengths = string.Join(", ", row.Parts.Select(Length));
        output.WriteLine($"{Styled("1", row.Source.ToString())}  {lengths}");
        foreach (var part in row.Parts)
        {
            output.WriteLine($"  {part.Name}");
            output.WriteLine($"    {Text(part)}");
        }
        foreach (var remark in row.Remarks) output.WriteLine($"  {Styled("33", "! " + remark)}");
        output.WriteLine();
    }

    private static string Length(PreviewPart part)
    {
        var cut = part.Tokens.Count - part.Kept;
        return string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Kept}{(cut == 0 ? "" : $" (+{cut} cut)")}");
    }

    private string Text(PreviewPart part)
    {
        if (part.Tokens.Count == 0) return "(nothing)";
        var text = new StringBuilder();
        var wasCut = false;
        foreach (var (index, token) in part.Tokens.Index())
        {
            if (isColored)
            {
                text.Append(Colored(part.Name, index, token));
                continue;
            }
            if (token.IsCut != wasCut) text.Append(token.IsCut ? '{' : '}');
            else if (index > 0) text.Append('|');
            text.Append(Shown(token));
            wasCut = token.IsCut;
        }
        // A line break that ends the part would leave a line with nothing but the indent.
        var shown = text.Append(!isColored && wasCut ? "}" : "").ToString();
        var end = isColored ? LineBreak + Reset : LineBreak;
        return shown.EndsWith(end, StringComparison.Ordinal) ? shown[..^end.Length] + end.Replace(LineBreak, LineBreak[..1], StringComparison.Ordinal) : shown;
    }

    private string Colored(string part, int index, PreviewToken token)
    {
        var (one, other) = token.IsLearned || part == "prompt" ? Shades[part] : Masked;
        var style = $"{(token.IsCut ? "9;" : "")}38;5;{(index % 2 == 0 ? one : other)}";
        return Styled(style, Shown(token));
    }

    private string Shown(PreviewToken token)
    {
        // Spaces that stand alone are what a prompt must not end in, so they are seen.
        var text = token.Text.Length > 0 && token.Text.All(unit => unit == ' ') ? new string('␣', token.Text.Length) : Visible(token.Text);
        if (!showsIds && text.Length > 0) return text;
        return string.Create(CultureInfo.InvariantCulture, $"{text}<{token.Id}>");
    }

    private string Styled(string style, string text) => isColored ? $"\u001b[{style}m{text}{Reset}" : text;

    /// <summary>A text that does nothing to a terminal: line breaks are shown and stay, other control characters show their code.</summary>
    private static string Visible(string text)
    {
        var visible = new StringBuilder();
        foreach (var unit in text)
        {
            if (unit == '\n') visible.Append(LineBreak);
            else if (unit == '\t') visible.Append('⇥');
            else if (char.IsControl(unit) || unit is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069') visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else visible.Append(unit);
        }
        return visible.ToString();
    }
}
