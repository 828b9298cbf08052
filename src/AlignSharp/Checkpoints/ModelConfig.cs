using System.Text.Json.Nodes;
using AlignSharp.Models.Llama;
using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>What <c>config.json</c> and <c>generation_config.json</c> of a Hugging Face folder say.</summary>
public sealed record ModelConfig
{
    /// <summary>The model's shape.</summary>
    public required LlamaConfig Shape { get; init; }

    /// <summary>Type that the file declares (<c>dtype</c>, or <c>torch_dtype</c> of older files), or null.</summary>
    public ScalarType? DeclaredType { get; init; }

    /// <summary>How the weights are stored in 4 bits (<c>quantization_config</c>); null for a folder in full precision.</summary>
    public QuantizationConfig? Quantization { get; init; }

    /// <summary>Id of the beginning-of-sequence token, or null.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Ids that end a sequence; generation_config.json wins over config.json. May be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Keys that have no meaning to us and were read over.</summary>
    public IReadOnlyList<string> IgnoredKeys { get; init; } = [];

    /// <summary>The whole object of config.json, from which a saved copy is written.</summary>
    public required JsonObject Json { get; init; }
}
