using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>How the factors of an update begin (<c>init_lora_weights</c>).</summary>
public abstract record LoraStart
{
    private protected LoraStart() { }

    /// <summary>PEFT's default, <see cref="KaimingStart"/>.</summary>
    public static LoraStart Default { get; } = new KaimingStart();

    /// <summary>
    /// Whether the first update is a part of the base, which is taken out of it: the base of such an adapter is <c>W − scaling · B·A</c> of the start.
    /// Such a start depends on nothing but the base, so that loading repeats it.
    /// </summary>
    public virtual bool ChangesBase => false;

    /// <summary>Whether a fresh adapter changes the model, so that the policy is not its base at the start.</summary>
    public virtual bool ChangesModel => false;

    /// <summary>The first A and B.</summary>
    /// <param name="at">Where they stand.</param>
    /// <param name="generator">Source of random numbers, on the CPU.</param>
    /// <returns>float32 <c>[rank, in]</c> and <c>[out, rank]</c>, owned by the caller's scope.</returns>
    internal abstract (Tensor A, Tensor B) Factors(StartPlace at, Generator generator);
}
