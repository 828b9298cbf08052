using AlignSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Models.Llama;

/// <summary>Makes the rotation tables of a batch. Holds no weights.</summary>
internal sealed class RotaryEmbedding(LlamaConfig config, ScalarType type, Device device)
{
    /// <summary>Tables for the given tokens, owned by the caller's scope.</summary>
    public RotaryTables Tables(TokenInputs inputs)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var angles = inputs.Positions.to(ScalarType.Float32).unsqueeze(-1) * Frequencies(inputs); // [tokens, headDim / 2]
        var factor = config.RopeScaling.AttentionFactor;
        // Rounded to the type of the activations, as transformers has them.
        Tensor Rounded(Tensor table) => table.Times(factor).to(type).to(ScalarType.Float32).MoveToOuterDisposeScope();
        return new RotaryTables(Rounded(angles.cos()), Rounded(angles.sin()));
    }

    // [headDim / 2] for all tokens alike, or [tokens, headDim / 2] where the length of a sequence matters.
    private Tensor Frequencies(TokenInputs inputs)
    {
        if (!config.RopeScaling.DependsOnLength) return tensor(config.RopeScaling.InverseFrequencies(config, 0), device: device);
        // indexOf is given because return_inverse asks for it.
        var (lengths, indexOf, _) = inputs.SequenceLengths.cpu().unique(return_inverse: true);
        var perLength = lengths.data<long>().ToArray().Select(length => tensor(config.RopeScaling.InverseFrequencies(config, length))).ToArray();
        return stack(perLength, 0).index_select(0, indexOf!).to(device);
    }
}
