using AlignSharp.Checkpoints;
using AlignSharp.Quantization;

namespace AlignSharp.Recipes;

/// <summary>What <c>align quantize</c> reads and writes.</summary>
public sealed record QuantizeRunOptions
{
    /// <summary>A model folder in full precision. Required.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write; it must not exist, or be empty. Required.</summary>
    public required string OutputDir { get; init; }

    /// <summary>How to quantise. Default NF4 with nested scales, as QLoRA's paper does (TRL's default has plain scales).</summary>
    public FourBitOptions FourBit { get; init; } = new() { DoubleQuantization = true };

    /// <summary>Type that the weights are rounded to before they are quantised, and that embedding, head and norms keep. Auto, the default, is the stored one.</summary>
    public DtypeChoice Dtype { get; init; } = DtypeChoice.Auto;

    /// <summary>Largest shard in bytes; default 5 GB, as transformers.</summary>
    public long MaxShardBytes { get; init; } = CheckpointWriter.DefaultMaxShardBytes;
}
