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

    private static double Deviation(string name, LlamaConfig config, double? embeddingDeviation) =>
        embeddingDeviation is { } given && name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) ? given : config.InitializerRange;
}
