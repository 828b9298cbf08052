using AlignSharp.Tensors.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AlignSharp.Tensors;

/// <summary>The right factor of a product: a dense matrix, or a 4-bit matrix or its transpose. Borrowed.</summary>
internal readonly record struct RightFactor
{
    private readonly Tensor? _dense;
    private readonly FourBitMatrix? _codes;
    private readonly bool _isTurned;
    private readonly ScalarType? _rounding;

    /// <summary>A dense factor.</summary>
    /// <param name="dense"><c>[k, n]</c>, any strides.</param>
    public RightFactor(Tensor dense) => _dense = dense;

    /// <summary>A factor of 4 bits.</summary>
    /// <param name="codes">The matrix.</param>
    /// <param name="isTurned">Whether the factor is its transpose.</param>
    /// <param name="rounding">A type that decoded values are rounded to first, where they are then widened; null for none.</param>
    public RightFactor(FourBitMatrix codes, bool isTurned, ScalarType? rounding = null) => (_codes, _isTurned, _rounding) = (codes, isTurned, rounding);

    /// <summary>The matrix as it is, where it is dense.</summary>
    public Tensor? Dense => _dense;

    /// <summary>The 4-bit matrix, and whether its rows are the factor's columns.</summary>
    public (FourBitMatrix Matrix, bool IsTurned)? Codes => _codes is null ? null : (_codes, _isTurned);

    /// <summary>Columns of the product.</summary>
    public long Columns => _dense?.size(1) ?? (_isTurned ? _codes!.Rows : _codes!.Columns);

    /// <summary>Whether the bfloat16 microkernel can read it.</summary>
    public bool IsHalf => _dense is null || _dense.dtype == ScalarType.BFloat16;

    /// <summary>Whether its columns are rows in memory, as products of few rows want it.</summary>
    public bool RunsAlongTerms => _dense is null ? _isTurned : _dense.stride(0) == 1;

    /// <summary>Its memory, for the bfloat16 microkernel.</summary>
    public RightView View => _dense is null ? new RightView(_codes!.View(), _isTurned) : new RightView(MatrixView.Of(_dense));

    /// <summary>The factor as a dense matrix, owned by the caller's scope: a 4-bit one is decoded whole, into memory that the process keeps for the next time.</summary>
    /// <param name="type">Type of a decoded one.</param>
    public Tensor Whole(ScalarType type)
    {
        if (_dense is not null) return _dense.alias();
        using var scope = NewDisposeScope();
        var decoded = _codes!.Expand(_rounding is { } narrow && narrow.ElementSize() < type.ElementSize() ? narrow : type).to(type);
        return (_isTurned ? decoded.t() : decoded).MoveToOuterDisposeScope();
    }
}
