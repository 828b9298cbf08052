using AlignSharp.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Quantization;

/// <summary>How weights become 4 bits, with the names and defaults of TRL's ModelConfig.</summary>
public sealed record FourBitOptions
{
    /// <summary>Block sizes that bitsandbytes has.</summary>
    public static IReadOnlyList<int> BlockSizes { get; } = [32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>The code (<c>bnb_4bit_quant_type</c>; default nf4, as TRL; bitsandbytes' own is fp4).</summary>
    public FourBitType Type { get; init; } = FourBitType.Nf4;

    /// <summary>Elements that share a scale, one of <see cref="BlockSizes"/>; default 64, the only one that transformers uses.</summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>Whether the scales become 8-bit codes (<c>use_bnb_nested_quant</c>, <c>bnb_4bit_use_double_quant</c>; default false).</summary>
    public bool DoubleQuantization { get; init; }

    /// <summary>Type as which the packed bytes are labelled in files (<c>bnb_4bit_quant_storage</c>; default uint8).</summary>
    public ScalarType Storage { get; init; } = ScalarType.Byte;

    /// <summary>Type in which the decoded weights are multiplied (<c>bnb_4bit_compute_dtype</c>); the input is rounded to it and the output widened again. Null for that of the activations.</summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>Modules that stay in full precision (<c>llm_int8_skip_modules</c>); null for transformers' rule, all but the output head.</summary>
    public IReadOnlyList<string>? SkipModules { get; init; }

    /// <summary>Whether the projection at a site becomes 4 bits.</summary>
    /// <param name="site">The site.</param>
    public bool Quantizes(ProjectionSite site) =>
        SkipModules is null ? !site.IsOutputHead : !SkipModules.Any(entry => entry == site.Name || entry == site.Path || site.Path.Contains(entry + ".", StringComparison.Ordinal));
}
