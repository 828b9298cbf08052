using AlignSharp.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace AlignSharp.Models;

/// <summary>The table of token embeddings; also the output head where a model ties the two.</summary>
public sealed class TokenEmbedding : WeightedModule
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <summary>Allocates the table; its values are uninitialised.</summary>
    /// <param name="vocabularySize">Rows.</param>
    /// <param name="hiddenSize">Width.</param>
    /// <param name="type">Type of the weights.</param>
    /// <param name="device">Where they live.</param>
    public TokenEmbedding(int vocabularySize, int hiddenSize, ScalarType type, Device device) : base("embed_tokens")
    {
        _weight = new Parameter(Buffers.Empty(type, device, vocabularySize, hiddenSize));
        RegisterComponents();
    }

    /// <summary>Rows of the given ids: int64 <c>[tokens]</c> to <c>[tokens, hidden]</c>.</summary>
    /// <param name="input">Ids.</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var rows = EmbeddingRows.Of(Applied, input).to(_weight.dtype);
        return (Overlay?.AddTo(rows, input) ?? rows).MoveToOuterDisposeScope();
    }

    /// <summary>The stored table as an output head, <c>[rows, hidden]</c> to <c>[rows, vocabulary]</c>; an overlay does not reach it.</summary>
    public LinearMap Head => new(_weight);

    /// <inheritdoc/>
    public override Parameter Stored => _weight;
}
