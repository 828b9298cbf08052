using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora;

/// <summary>What an adapter has at one module of the model.</summary>
internal interface IAdapterPart
{
    /// <summary>What is trained there, in a fixed order.</summary>
    IEnumerable<AdapterParameter> Trained { get; }

    /// <summary>Fills what is trained with its start.</summary>
    /// <param name="generator">Source of random numbers, on the CPU.</param>
    void Initialize(Generator generator);

    /// <summary>Keeps a frozen copy as it is now.</summary>
    void FreezeReference();

    /// <summary>Moves what was learnt into the base, so that the output stays what it was.</summary>
    void Merge();
}
