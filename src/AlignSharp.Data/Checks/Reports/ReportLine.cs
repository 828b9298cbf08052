namespace AlignSharp.Data.Checks.Reports;

/// <summary>A line of a report for a terminal.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The line, without line breaks and control characters; it may be longer than a terminal is wide.</param>
public readonly record struct ReportLine(ReportLineKind Kind, string Text);
