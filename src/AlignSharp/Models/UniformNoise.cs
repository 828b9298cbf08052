using AlignSharp.Tensors;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>The noise of NEFTune (Jain et al. 2023, arXiv:2310.05914).</summary>
internal static class UniformNoise
{
    /// <summary>Draws from U(−m, m), m = alpha / √(length · width), from libtorch's generator.</summary>
    /// <param name="embeddings"><c>[tokens, width]</c>, whose type and device the noise gets.</param>
    /// <param name="lengths">Length of each token's sequence, int64 <c>[tokens]</c>.</param>
    /// <param name="alpha">Strength, above 0.</param>
    /// <returns><c>[tokens, width]</c> without gradient, owned by the caller's scope.</returns>
    public static Tensor Like(Tensor embeddings, Tensor lengths, double alpha)
    {
        using var noGradient = no_grad();
        using var uniform = rand(embeddings.size(0), embeddings.size(1), dtype: ScalarType.Float32, device: embeddings.device);
        using var centred = uniform.Times(2).Plus(-1);
        using var area = lengths.to(ScalarType.Float32).Times(embeddings.size(1));
        using var bound = area.rsqrt().Times(alpha).unsqueeze(1); // [tokens, 1]
        using var noise = centred * bound;
        return noise.to(embeddings.dtype, copy: true);
    }
}
