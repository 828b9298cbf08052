using AlignSharp.Data.Checks;
using AlignSharp.Data.Checks.Reports;

namespace AlignSharp.Cli.Terminal;

/// <summary>Shows what a check found, in colours on a terminal.</summary>
internal static class ReportView
{
    /// <summary>Writes a report.</summary>
    public static void Write(TextWriter output, CheckReport report, bool isColored)
    {
        foreach (var line in CheckReportText.Lines(report))
        {
            var (mark, style) = line.Kind switch
            {
                ReportLineKind.Error => ("✗ ", "1;31"),
                ReportLineKind.Warning => ("! ", "1;33"),
                ReportLineKind.Info => ("· ", "1;36"),
                ReportLineKind.Example => ("", "90"),
                _ => ("", ""),
            };
            output.WriteLine(isColored && style.Length > 0 ? $"\u001b[{style}m{mark}{line.Text}\u001b[0m" : mark + line.Text);
        }
    }
}
