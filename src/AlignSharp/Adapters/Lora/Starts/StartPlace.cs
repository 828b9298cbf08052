using static TorchSharp.torch;

namespace AlignSharp.Adapters.Lora.Starts;

/// <summary>Where factors begin.</summary>
/// <param name="InFeatures">Width of the input.</param>
/// <param name="OutFeatures">Width of the output.</param>
/// <param name="Rank">Rank of the update.</param>
/// <param name="Scaling">Factor on the update.</param>
/// <param name="Weight">The base's weight, float32 <c>[out, in]</c>; owned by the caller's scope.</param>
internal sealed record StartPlace(long InFeatures, long OutFeatures, int Rank, double Scaling, Func<Tensor> Weight);
