using static TorchSharp.torch;

namespace AlignSharp.Checkpoints;

/// <summary>An element type of the safetensors format.</summary>
/// <param name="Name">As headers write it.</param>
/// <param name="Bits">Bits of one element.</param>
/// <param name="Scalar">The type of libtorch that holds it, or null where TorchSharp has none.</param>
internal sealed record SafetensorsDtype(string Name, int Bits, ScalarType? Scalar)
{
    /// <summary>All types in the reference writer's rank, low to high: tensors of the highest rank come first in a file.</summary>
    private static readonly SafetensorsDtype[] ByRank =
    [
        new("BOOL", 8, ScalarType.Bool),
        new("F4", 4, null),
        new("F6_E2M3", 6, null),
        new("F6_E3M2", 6, null),
        new("U8", 8, ScalarType.Byte),
        new("I8", 8, ScalarType.Int8),
        new("F8_E5M2", 8, null),
        new("F8_E4M3", 8, null),
        new("F8_E8M0", 8, null),
        new("F8_E4M3FNUZ", 8, null),
        new("F8_E5M2FNUZ", 8, null),
        new("I16", 16, ScalarType.Int16),
        new("U16", 16, null),
        new("F16", 16, ScalarType.Float16),
        new("BF16", 16, ScalarType.BFloat16),
        new("I32", 32, ScalarType.Int32),
        new("U32", 32, null),
        new("F32", 32, ScalarType.Float32),
        new("C64", 64, ScalarType.ComplexFloat32),
        new("F64", 64, ScalarType.Float64),
        new("I64", 64, ScalarType.Int64),
        new("U64", 64, null),
    ];

    private static readonly Dictionary<string, SafetensorsDtype> ByName = ByRank.ToDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Position in the order of the reference writer.</summary>
    public int Rank => Array.IndexOf(ByRank, this);

    /// <summary>The type of that name (case counts), or null.</summary>
    public static SafetensorsDtype? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The type that a tensor of libtorch is written as.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static SafetensorsDtype Of(ScalarType scalar) =>
        Array.Find(ByRank, d => d.Scalar == scalar) ?? throw new ArgumentException($"safetensors cannot hold {scalar}.", nameof(scalar));
}
