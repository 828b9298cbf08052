namespace AlignSharp.Data.Checks;

/// <summary>How grave a finding is; the graver, the larger.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing needs to be done.</summary>
    Info,

    /// <summary>Harms a run, or may: to be looked at.</summary>
    Warning,

    /// <summary>Rows that teach nothing or the wrong thing, or an evaluation that says nothing.</summary>
    Error,
}
