using AlignSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors.Kernels;

/// <summary>A matrix in memory, in any layout that strides describe. Borrowed from the tensor it was made of.</summary>
/// <param name="Data">First element.</param>
/// <param name="Type">Element type.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="RowStride">Elements from a row to the next.</param>
/// <param name="ColumnStride">Elements from a column to the next.</param>
internal readonly record struct MatrixView(nint Data, ScalarType Type, int Rows, int Columns, nint RowStride, nint ColumnStride)
{
    /// <summary>The same elements with rows and columns exchanged.</summary>
    public MatrixView Transposed => new(Data, Type, Columns, Rows, ColumnStride, RowStride);

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => Type == ScalarType.BFloat16 ? sizeof(ushort) : sizeof(float);

    /// <summary>The view of a matrix.</summary>
    /// <param name="matrix"><c>[rows, columns]</c> on the CPU, float32 or bfloat16.</param>
    public static MatrixView Of(Tensor matrix)
    {
        ReadOnlySpan<long> shape = TorchNatives.Shape(matrix), strides = TorchNatives.Strides(matrix);
        return new MatrixView(TorchNatives.Address(matrix), matrix.dtype, checked((int)shape[0]), checked((int)shape[1]), (nint)strides[0], (nint)strides[1]);
    }

    /// <summary>Address of an element.</summary>
    public nint At(nint row, nint column) => Data + (row * RowStride + column * ColumnStride) * ElementBytes;
}
