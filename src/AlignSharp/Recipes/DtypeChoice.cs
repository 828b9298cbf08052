namespace AlignSharp.Recipes;

/// <summary>Precision of weights and computation, TRL's dtype.</summary>
public enum DtypeChoice
{
    /// <summary>bfloat16 where the hardware multiplies it natively, else float32; float32 for full fine-tuning, whose updates bfloat16 would lose.</summary>
    Auto,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>IEEE half precision.</summary>
    Float16,
}
