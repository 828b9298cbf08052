using System.Globalization;
using System.Net;
using System.Text;

namespace AlignSharp.Data.Checks.Reports;

/// <summary>A report as one HTML page that needs nothing from elsewhere and runs no script. What comes from rows is text, never markup.</summary>
public static class CheckReportHtml
{
    private const int BarWidth = 12, BarGap = 2, ChartHeight = 80;

    private const string Style = """
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; text-align: right; } th:first-child, td:first-child { text-align: left; }
        section { border-left: .4rem solid #888; padding: .1rem 1rem; margin: 1.5rem 0; } .error { border-color: #c0392b; } .warning { border-color: #d68910; } .info { border-color: #2e86c1; }
        h2 { font-size: 1.05rem; } code, li { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
        figure { display: inline-block; margin: 0 2rem 1rem 0; } figcaption { font-size: .85em; } rect { fill: #5d8aa8; }
        """;

    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    public static string Write(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        // Even if a text should slip through, nothing of it may run or load.
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        page.Append("<title>Check of a preference set</title>\n<style>\n").Append(Style.ReplaceLineEndings("\n")).Append("\n</style>\n</head>\n<body>\n<h1>Check of a preference set</h1>\n");
        AppendFacts(page, report);
        foreach (var (name, length) in CheckReportText.Lengths(report)) AppendHistogram(page, $"{name}, {report.LengthUnit}", length);
        foreach (var finding in report.Findings) AppendFinding(page, finding);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendFacts(StringBuilder page, CheckReport report)
    {
        page.Append("<table>\n<tr><th>").Append(Text($"length in {report.LengthUnit}")).Append("</th><th>min</th><th>median</th><th>90 %</th><th>99 %</th><th>max</th><th>mean</th></tr>\n");
        foreach (var (name, length) in CheckReportText.Lengths(report))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td>{length.Min}</td><td>{length.Median}</td><td>{length.P90}</td><td>{length.P99}</td><td>{length.Max}</td><td>{length.Mean:0.0}</td></tr>\n");
        page.Append("</table>\n");
        // The table of lengths stands above already.
        foreach (var fact in CheckReportText.Facts(report).Where(fact => !fact.StartsWith(' ') && !fact.StartsWith("length in", StringComparison.Ordinal)))
            page.Append("<p>").Append(Text(fact)).Append("</p>\n");
    }

    private static void AppendHistogram(StringBuilder page, string caption, LengthSummary length)
    {
        if (length.Bins.Count == 0) return;
        var (width, most) = (length.Bins.Count * (BarWidth + BarGap), length.Bins.Max());
        page.Append(CultureInfo.InvariantCulture, $"<figure><svg width=\"{width}\" height=\"{ChartHeight}\" role=\"img\" aria-label=\"{Text(caption)}\">");
        for (var i = 0; i < length.Bins.Count; i++)
        {
            // A bar that holds anything is seen.
            var height = length.Bins[i] == 0 ? 0 : Math.Max(1, (double)ChartHeight * length.Bins[i] / most);
            var range = i == length.Bins.Count - 1 ? $"{i * length.BinWidth} to {length.Max}" : $"{i * length.BinWidth} to {(i + 1) * length.BinWidth - 1}";
            page.Append(CultureInfo.InvariantCulture, $"<rect x=\"{i * (BarWidth + BarGap)}\" y=\"{ChartHeight - height:0.##}\" width=\"{BarWidth}\" height=\"{height:0.##}\"><title>{range}: {length.Bins[i]}</title></rect>");
        }
        page.Append("</svg><figcaption>").Append(Text(caption)).Append("</figcaption></figure>\n");
    }

    private static void AppendFinding(StringBuilder page, Finding finding)
    {
        var severity = finding.Severity switch
        {
            FindingSeverity.Error => "error",
            FindingSeverity.Warning => "warning",
            _ => "info",
        };
        page.Append(CultureInfo.InvariantCulture, $"<section class=\"{severity}\">\n<h2>{severity}: ").Append(Text(finding.Title)).Append(" <code>").Append(Text(finding.Code)).Append("</code></h2>\n");
        page.Append("<p><strong>").Append(Text(CheckReportText.Count(finding))).Append("</strong></p>\n<p>").Append(Text(finding.Meaning)).Append("</p>\n<p>Remedy: ").Append(Text(finding.Remedy)).Append("</p>\n<ul>\n");
        foreach (var example in finding.Examples) page.Append("<li>").Append(Text(CheckReportText.Example(example))).Append("</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
