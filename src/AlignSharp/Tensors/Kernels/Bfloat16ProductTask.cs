using System.Runtime.CompilerServices;
using AlignSharp.Runtime;

namespace AlignSharp.Tensors.Kernels;

/// <summary>
/// <c>output (+)= scale · (Σ left · right + Σ of low-rank terms)</c> of bfloat16 factors on libtorch's microkernel; an item is a panel of the right factors' columns, times a run of
/// rows. A panel is packed into the core's cache and used while it is there, so that a weight is read from memory once and never written
/// back. Sums are float32 and rounded once.
/// </summary>
internal sealed unsafe class Bfloat16ProductTask : IKernel
{
    /// <summary>Rows that the microkernel takes at once.</summary>
    public const int BlockRows = 128;

    // The microkernel is generated for each number of rows, so a last block is filled up to a multiple of this.
    private const int RowStep = 16;

    // Terms that the microkernel takes at once, and all terms of a panel that stay in the second cache beside the rows.
    private const int StretchTerms = 2048;
    private const int PanelTerms = 4096;

    private const int Columns = Bfloat16PanelPacking.Columns;
    private const int BlockSums = BlockRows * Columns;

    private readonly MatrixView _output;
    private readonly (MatrixView Left, RightView Right)[] _factors;
    private readonly int _rowRuns;
    private readonly float _scale;
    private readonly bool _add;
    private readonly Stretch[] _stretches;
    private readonly int _blocks;

    /// <summary>Prepares a product.</summary>
    /// <param name="output"><c>[m, n]</c>.</param>
    /// <param name="factors">Pairs of <c>[m, k]</c> and <c>[k, n]</c>, each with an even k of its own.</param>
    /// <param name="rowRuns">Into how many runs the rows are divided.</param>
    /// <param name="scale">Factor on the sum.</param>
    /// <param name="add">Whether the output holds something to add to.</param>
    public Bfloat16ProductTask(MatrixView output, (MatrixView Left, RightView Right)[] factors, int rowRuns, float scale, bool add)
    {
        (_output, _factors, _rowRuns, _scale, _add) = (output, factors, rowRuns, scale, add);
        _blocks = (output.Rows + BlockRows - 1) / BlockRows;
        _stretches =
        [
            .. from factor in Enumerable.Range(0, factors.Length)
               from stretch in Enumerable.Range(0, (factors[factor].Left.Columns + StretchTerms - 1) / StretchTerms)
               select new Stretch(factor, stretch * StretchTerms, Math.Min(StretchTerms, factors[factor].Left.Columns - stretch * StretchTerms)),
        ];
    }

    /// <summary>Adapters' parts, float32: <c>[m, rank]</c>, <c>[rank, n]</c> and a factor each.</summary>
    public (MatrixView Inner, MatrixView Right, float Scale)[] Terms { get; init; } = [];

    /// <summary>Items of a product.</summary>
    public int Items => (_output.Columns + Columns - 1) / Columns * _rowRuns;

    private int Depth => _factors.Sum(factor => factor.Left.Columns);

    private int Ranks => Terms.Sum(term => term.Right.Rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        for (var item = first; item < end; item++)
        {
            int column = item / _rowRuns * Columns, run = item % _rowRuns;
            int firstBlock = _blocks * run / _rowRuns, endBlock = _blocks * (run + 1) / _rowRuns;
            if (Depth <= PanelTerms) BlockByBlock<TV, TLanes, TElement>(column, firstBlock, endBlock);
            else StretchByStretch<TV, TLanes, TElement>(column, firstBlock, endBlock);
        }
        TorchNatives.ReleaseBlockRegisters();
    }

    // All terms of a panel fit: they are packed first, and the sums of a block stay in the first cache.
    private void BlockByBlock<TV, TLanes, TElement>(int column, int firstBlock, int endBlock) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        // The room for copied rows serves decoding too, which is over when they are copied.
        var sums = Scratch.Floats(BlockSums + RoomForTerms + (Depth * Columns + BlockRows * StretchTerms) / 2);
        var thin = sums + BlockSums;
        var panel = (ushort*)(thin + RoomForTerms);
        var copy = panel + Depth * Columns;
        PackTerms(column, thin);
        var packed = panel;
        foreach (var stretch in _stretches)
        {
            _factors[stretch.Factor].Right.Pack(column, stretch.Term, stretch.Terms, packed, copy);
            packed += stretch.Terms * Columns;
        }
        for (var block = firstBlock; block < endBlock; block++)
        {
            packed = panel;
            for (var i = 0; i < _stretches.Length; i++)
            {
                Multiply(block * BlockRows, _stretches[i], packed, sums, copy, add: i > 0);
                packed += _stretches[i].Terms * Columns;
            }
            Finish<TV, TLanes, TElement>(block * BlockRows, column, sums, thin);
        }
    }

    // Too many terms: a stretch of them serves all blocks, whose sums wait.
    private void StretchByStretch<TV, TLanes, TElement>(int column, int firstBlock, int endBlock) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        var blocks = endBlock - firstBlock;
        var sums = Scratch.Floats((long)blocks * BlockSums + RoomForTerms + (Columns + BlockRows) * StretchTerms / 2);
        var thin = sums + (nint)blocks * BlockSums;
        var panel = (ushort*)(thin + RoomForTerms);
        PackTerms(column, thin);
        var copy = panel + Columns * StretchTerms;
        for (var i = 0; i < _stretches.Length; i++)
        {
            _factors[_stretches[i].Factor].Right.Pack(column, _stretches[i].Term, _stretches[i].Terms, panel, copy);
            for (nint block = 0; block < blocks; block++)
                Multiply((firstBlock + (int)block) * BlockRows, _stretches[i], panel, sums + block * BlockSums, copy, add: i > 0);
        }
        for (nint block = 0; block < blocks; block++) Finish<TV, TLanes, TElement>((firstBlock + (int)block) * BlockRows, column, sums + block * BlockSums, thin);
    }

    private void Multiply(int row, Stretch stretch, ushort* panel, float* sums, ushort* copy, bool add)
    {
        var left = _factors[stretch.Factor].Left;
        var (rows, terms) = (Math.Min(BlockRows, _output.Rows - row), stretch.Terms);
        var filled = (rows + RowStep - 1) / RowStep * RowStep;
        if (left.ColumnStride == 1 && rows == filled)
        {
            TorchNatives.MultiplyBlock(rows, Columns, terms, (ushort*)left.At(row, stretch.Term), left.RowStride, panel, sums, Columns, add);
            return;
        }
        CopyRows(left, row, rows, stretch, copy);
        new Span<ushort>(copy + (nint)rows * terms, (filled - rows) * terms).Clear();
        TorchNatives.MultiplyBlock(filled, Columns, terms, copy, terms, panel, sums, Columns, add);
    }

    // A last block that is not full, and a left factor whose terms are not contiguous.
    private static void CopyRows(MatrixView left, int row, int rows, Stretch stretch, ushort* copy)
    {
        nint terms = stretch.Terms;
        if (left.ColumnStride == 1)
        {
            for (var i = 0; i < rows; i++) new Span<ushort>((void*)left.At(row + i, stretch.Term), stretch.Terms).CopyTo(new Span<ushort>(copy + i * terms, stretch.Terms));
            return;
        }
        var from = (ushort*)left.At(row, stretch.Term);
        for (nint t = 0; t < terms; t++)
            for (nint i = 0; i < rows; i++) copy[i * terms + t] = from[i * left.RowStride + t * left.ColumnStride];
    }

    // The scaled right factors of the low-rank terms, one below the other, and room for a last block of an inner one.
    private int RoomForTerms => Terms.Length == 0 ? 0 : Ranks * Columns + (MicroProduct.Rows - 1) * Terms.Max(term => term.Right.Rows) * 2;

    private void PackTerms(int column, float* to)
    {
        var columns = Math.Min(Columns, _output.Columns - column);
        foreach (var (_, right, scale) in Terms)
            for (var term = 0; term < right.Rows; term++, to += Columns)
                for (nint i = 0; i < Columns; i++) to[i] = i < columns ? ((float*)right.At(term, column))[i * right.ColumnStride] * scale : 0;
    }

    // Adds the low-rank terms to the sums of a block and rounds them into the output.
    private void Finish<TV, TLanes, TElement>(int row, int column, float* sums, float* thin) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        int rows = Math.Min(BlockRows, _output.Rows - row), columns = Math.Min(Columns, _output.Columns - column);
        var rest = thin + Ranks * Columns;
        foreach (var (inner, right, _) in Terms)
        {
            var whole = rows / MicroProduct.Rows * MicroProduct.Rows;
            MicroProduct.Block<TV, TLanes>((float*)inner.At(row, 0), inner.RowStride, 1, whole, thin, Columns, Columns, right.Rows, sums, Columns, add: true);
            if (whole < rows)
            {
                // Through a copy, since a product reads six rows and memory may end behind the last.
                for (var i = 0; i < rows - whole; i++)
                    new Span<float>((float*)inner.At(row + whole + i, 0), right.Rows).CopyTo(new Span<float>(rest + i * right.Rows, right.Rows));
                MicroProduct.Block<TV, TLanes>(rest, right.Rows, 1, rows - whole, thin, Columns, Columns, right.Rows, sums + whole * Columns, Columns, add: true);
            }
            thin += right.Rows * Columns;
        }
        for (var i = 0; i < rows; i++) ProductTask.Write<TV, TLanes, TElement>(sums + i * Columns, (void*)_output.At(row + i, column), columns, _scale, _add);
    }

    private readonly record struct Stretch(int Factor, int Term, int Terms);
}
