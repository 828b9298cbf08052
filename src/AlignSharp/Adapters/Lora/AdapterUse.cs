namespace AlignSharp.Adapters.Lora;

/// <summary>Which adapter a model's projections apply.</summary>
public enum AdapterUse
{
    /// <summary>The adapter that is trained.</summary>
    Policy,

    /// <summary>The frozen copy taken by <see cref="LoraAdapter.FreezeReference"/>.</summary>
    Reference,

    /// <summary>None: the base model.</summary>
    Off,
}
