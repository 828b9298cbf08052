using AlignSharp.Data.Faults;

namespace AlignSharp.Quantization;

/// <summary>Values and thresholds of a 4-bit code, as bitsandbytes' CUDA kernels have them.</summary>
internal sealed class FourBitCode
{
    private static readonly FourBitCode Nf4 = new()
    {
        Name = "nf4",
        Values = Bits(
            0xbf800000, 0xbf3239b1, 0xbf066b30, 0xbeca32a0, 0xbe91a24d, 0xbe3d353f, 0xbdba7871, 0x00000000,
            0x3da2faff, 0x3e24cae3, 0x3e7c04dd, 0x3ead033a, 0x3ee1a4b8, 0x3f1007ab, 0x3f3913b3, 0x3f800000),
        Thresholds = Bits(
            0xbf591cd9, 0xbf1c5270, 0xbeeb8480, 0xbeadea76, 0xbe703cec, 0xbe0d38bc, 0xbd3a7871, 0x3d22faff,
            0x3df64863, 0x3e5067e0, 0x3e9582d4, 0x3ec753f9, 0x3f006d03, 0x3f248daf, 0x3f5c89d9),
        CodeOf = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        IsSigned = false,
        ZeroCode = 7,
    };

    // The magnitudes are in the order of their bit patterns, which is not theirs.
    private static readonly FourBitCode Fp4 = new()
    {
        Name = "fp4",
        Values = Bits(
            0x00000000, 0x3baaaaab, 0x3f2aaaab, 0x3f800000, 0x3eaaaaab, 0x3f000000, 0x3e2aaaab, 0x3e800000,
            0x00000000, 0xbbaaaaab, 0xbf2aaaab, 0xbf800000, 0xbeaaaaab, 0xbf000000, 0xbe2aaaab, 0xbe800000),
        Thresholds = Bits(0x3b2aaab9, 0x3db00000, 0x3e555555, 0x3e955555, 0x3ed55556, 0x3f155550, 0x3f555555),
        CodeOf = [0, 1, 6, 7, 4, 5, 2, 3],
        IsSigned = true,
        ZeroCode = 0,
    };

    private FourBitCode() { }

    /// <summary>Name in configurations and tensor names.</summary>
    public required string Name { get; init; }

    /// <summary>Value of each code, <c>[16]</c>.</summary>
    public required float[] Values { get; init; }

    /// <summary>Ascending; of magnitudes where the code is signed.</summary>
    public required float[] Thresholds { get; init; }

    /// <summary>The code for a number of thresholds that are exceeded.</summary>
    public required byte[] CodeOf { get; init; }

    /// <summary>Whether the fourth bit is the sign.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>The code of zero.</summary>
    public required byte ZeroCode { get; init; }

    /// <summary>The code of a type.</summary>
    public static FourBitCode Of(FourBitType type) => type == FourBitType.Nf4 ? Nf4 : Fp4;

    /// <summary>The type of a name.</summary>
    /// <param name="name"><c>nf4</c> or <c>fp4</c>.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="ArtifactException">It is another name.</exception>
    public static FourBitType TypeOf(string name, string where) => name switch
    {
        "nf4" => FourBitType.Nf4,
        "fp4" => FourBitType.Fp4,
        _ => throw new ArtifactException($"{where}: quant_type '{name}' is not known; expected nf4 or fp4"),
    };

    private static float[] Bits(params uint[] bits) => Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle);
}
