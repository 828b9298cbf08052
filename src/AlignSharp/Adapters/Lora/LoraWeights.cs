using TorchSharp.Modules;

namespace AlignSharp.Adapters.Lora;

/// <summary>The two factors of one projection's update, borrowed from the model.</summary>
/// <param name="Path">Module path of the projection.</param>
/// <param name="A">In the adapter's type, <c>[rank, in]</c>.</param>
/// <param name="B">Likewise, <c>[out, rank]</c>.</param>
public readonly record struct LoraWeights(string Path, Parameter A, Parameter B);
