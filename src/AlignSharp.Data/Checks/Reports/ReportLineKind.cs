namespace AlignSharp.Data.Checks.Reports;

/// <summary>What a line of a report is, for who colours it.</summary>
public enum ReportLineKind
{
    /// <summary>A fact about the set.</summary>
    Fact,

    /// <summary>The head of a finding of severity error.</summary>
    Error,

    /// <summary>The head of a finding of severity warning.</summary>
    Warning,

    /// <summary>The head of a finding of severity info.</summary>
    Info,

    /// <summary>What a finding means, or its remedy.</summary>
    Detail,

    /// <summary>A row that shows a finding.</summary>
    Example,
}
