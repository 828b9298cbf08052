namespace AlignSharp.Adapters.Lora;

/// <summary>Which biases of the base are trained beside an adapter (PEFT's <c>bias</c>).</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of all projections.</summary>
    All,

    /// <summary>Those of projections that have an adapter.</summary>
    LoraOnly,
}
