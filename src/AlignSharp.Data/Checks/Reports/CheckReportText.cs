using System.Globalization;

namespace AlignSharp.Data.Checks.Reports;

/// <summary>A report as lines of text.</summary>
public static class CheckReportText
{
    /// <summary>The lines: facts, then findings with what they mean, the remedy and examples.</summary>
    /// <param name="report">The report.</param>
    public static IReadOnlyList<ReportLine> Lines(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. Facts(report).Select(text => new ReportLine(ReportLineKind.Fact, text)), .. report.Findings.SelectMany(Lines)];
    }

    internal static IEnumerable<string> Facts(CheckReport report)
    {
        yield return Invariant($"{report.Pairs:N0} pairs to train on, {report.EvaluationPairs:N0} to evaluate on, {report.UnreadableRows:N0} rows unreadable, {report.TruncatedPairs:N0} pairs cut by the window");
        yield return Invariant($"{"length in " + report.LengthUnit,-22}{"min",8}{"median",8}{"90 %",8}{"99 %",8}{"max",8}{"mean",10}");
        foreach (var (name, length) in Lengths(report))
            yield return Invariant($"  {name,-20}{length.Min,8}{length.Median,8}{length.P90,8}{length.P99,8}{length.Max,8}{length.Mean,10:0.0}");
        if (report.LengthBias is { } bias) yield return Invariant($"chosen is the longer answer in {Percent(bias.Share, bias.Lower, bias.Upper)}; 50 % is chance");
        yield return report.Shortcut is { } test
            ? Invariant($"words alone tell the better answer in {Percent(test.Accuracy, test.Lower, test.Upper)} of the pairs with unseen prompts; 50 % is chance")
            : Invariant($"words alone were not tested: fewer than {Thresholds.LeastPrompts} prompts with texts");
        yield return Summary(report);
    }

    internal static IEnumerable<(string Name, LengthSummary Length)> Lengths(CheckReport report) =>
        [("prompt", report.PromptLengths), ("chosen", report.ChosenLengths), ("rejected", report.RejectedLengths)];

    internal static string Count(Finding finding) =>
        finding.Count == 1 ? "1 row" : Invariant($"{finding.Count:N0} rows, {(finding.Share is > 0 and < 0.0005 ? "under 0.1" : (100 * finding.Share).ToString("0.0", CultureInfo.InvariantCulture))} %");

    internal static string Example(FindingExample example) =>
        example.Source is { } source ? $"{Excerpt.Escaped(source.ToString())}  {example.Excerpt}" : example.Excerpt;

    private static string Summary(CheckReport report)
    {
        if (report.Findings.Count == 0) return "nothing was found";
        int Of(FindingSeverity severity) => report.Findings.Count(finding => finding.Severity == severity);
        return Invariant($"findings: {Of(FindingSeverity.Error)} errors, {Of(FindingSeverity.Warning)} warnings, {Of(FindingSeverity.Info)} for information; a cleaned copy leaves {report.LeftOut.Count:N0} rows out");
    }

    private static IEnumerable<ReportLine> Lines(Finding finding)
    {
        var kind = finding.Severity switch
        {
            FindingSeverity.Error => ReportLineKind.Error,
            FindingSeverity.Warning => ReportLineKind.Warning,
            _ => ReportLineKind.Info,
        };
        yield return new ReportLine(kind, $"{finding.Code}: {finding.Title} ({Count(finding)})");
        yield return new ReportLine(ReportLineKind.Detail, $"  {finding.Meaning}");
        yield return new ReportLine(ReportLineKind.Detail, $"  remedy: {finding.Remedy}");
        foreach (var example in finding.Examples) yield return new ReportLine(ReportLineKind.Example, $"    {Example(example)}");
    }

    private static string Percent(double share, double lower, double upper) => Invariant($"{100 * share:0.0} % (95 % interval {100 * lower:0.0} to {100 * upper:0.0})");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
