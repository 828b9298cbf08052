namespace AlignSharp.Diagnostics;

/// <summary>How much a finding matters.</summary>
public enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Training works, but slower or with a risk that the remedy removes.</summary>
    Warning,

    /// <summary>Training does not work, or its results would be wrong.</summary>
    Fault,
}
