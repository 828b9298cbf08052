using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// A matrix of 4-bit codes in memory: two elements a byte, the earlier one in the high nibble, and a scale for each block of elements in row-major order, which
/// may be an 8-bit code itself (double quantisation, Dettmers et al. 2023, arXiv:2305.14314). Borrowed from the <see cref="FourBitMatrix"/> it was made of.
/// </summary>
internal readonly unsafe struct FourBitView
{
    public required byte* Codes { get; init; } // [ceil(rows · columns / 2)]

    public required float* Table { get; init; } // [16]

    public required long Rows { get; init; }

    public required long Columns { get; init; }

    /// <summary>Binary logarithm of a block's elements.</summary>
    public required int BlockShift { get; init; }

    /// <summary>The scales; null where they are codes.</summary>
    public float* Scales { get; init; } // [blocks]

    public byte* ScaleCodes { get; init; } // [blocks]

    public float* ScaleMap { get; init; } // [256]

    /// <summary>Scales of the scales.</summary>
    public float* OuterScales { get; init; } // [ceil(blocks / 2^OuterShift)]

    public int OuterShift { get; init; }

    /// <summary>What is added to a decoded scale.</summary>
    public float Offset { get; init; }

    /// <summary>Asks for the memory of some elements, and of the first one's scale, ahead of their use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(long element, int count)
    {
        const int LineBytes = 64;
        if (!Sse.IsSupported) return;
        for (var byteOffset = 0; byteOffset < count / 2; byteOffset += LineBytes) Sse.Prefetch0(Codes + element / 2 + byteOffset);
        if (ScaleCodes is null) Sse.Prefetch0(Scales + (element >> BlockShift));
        else Sse.Prefetch0(ScaleCodes + (element >> BlockShift));
    }

    /// <summary>Scale of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(long block) => ScaleCodes is null ? Scales[block] : ScaleMap[ScaleCodes[block]] * OuterScales[block >> OuterShift] + Offset;
}
