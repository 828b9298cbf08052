using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Fresh weights, as transformers initialises a Llama: normal with <c>initializer_range</c>, norms 1, biases 0.</summary>
public static class LlamaInitialization
{
    /// <summary>Fills every parameter in place.</summary>
    /// <param name="model">A model without adapters.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    /// <param name="embeddingDeviation">Standard deviation of the embedding; null for the configuration's <c>initializer_range</c>.</param>
    public static void Fill(LlamaModel model, long seed, double? embeddingDeviation = null)
    {
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (name, parameter) in model.named_parameters())
        {
            using var scope = NewDisposeScope();
            if (name.EndsWith(".bias", StringComparison.Ordinal)) parameter.zero_();
            else if (parameter.dim() == 1) parameter.copy_(ones_like(parameter));
            else parameter.copy_(randn(parameter.shape, generator: generator).Times(Deviation(name, model.Config, embeddingDeviation)));
        }
    }

    /// <summary>Makes one tensor of a fresh model. Its values depend on seed and name alone, so tensors may be made in any order; they are not those of <see cref="Fill"/>.</summary>
    /// <param name="weight">Which one.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="type">Type of the weights.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    /// <returns>On the CPU, owned by the caller's scope.</returns>
    public static Tensor Create(WeightShape weight, LlamaConfig config, ScalarType type, long seed)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(config);
        return weight.Kind switch
        {
            WeightKind.Bias => zeros([.. weight.Shape], dtype: type),
            WeightKind.Norm => ones([.. weight.Shape], dtype: type),
            _ => RandomNormal.Create([.. weight.Shape], type, config.InitializerRange, seed, weight.Name),
        };
    }

    private static double Deviation(string name, LlamaConfig config, double? embeddingDeviation) =>
        embeddingDeviation is { } given && name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) ? given : config.InitializerRange;
}
