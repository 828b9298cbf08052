namespace AlignSharp.Tensors.Kernels;

/// <summary>The right factor of a bfloat16 product in memory: dense, or a 4-bit matrix or its transpose, which is decoded while it is packed. Borrowed.</summary>
internal readonly unsafe struct RightView
{
    // Terms that are decoded together: with a panel's columns they stay in the first cache.
    private const int DecodedTerms = 256;
    private const int PrefetchRows = 32;

    private readonly MatrixView _dense;
    private readonly FourBitView _codes;
    private readonly bool _isTurned;

    /// <summary>A dense factor.</summary>
    /// <param name="dense"><c>[terms, columns]</c>, bfloat16.</param>
    public RightView(MatrixView dense) => (_dense, Rows, Columns) = (dense, dense.Rows, dense.Columns);

    /// <summary>A factor of 4 bits.</summary>
    /// <param name="codes">The matrix.</param>
    /// <param name="isTurned">Whether the factor is its transpose.</param>
    public RightView(FourBitView codes, bool isTurned)
    {
        (_codes, _isTurned) = (codes, isTurned);
        (Rows, Columns) = isTurned ? (checked((int)codes.Columns), checked((int)codes.Rows)) : (checked((int)codes.Rows), checked((int)codes.Columns));
    }

    /// <summary>Terms.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Room that decoding needs, in bfloat16 values.</summary>
    public const int ScratchValues = DecodedTerms * Bfloat16PanelPacking.Columns;

    /// <inheritdoc cref="Bfloat16PanelPacking.Pack"/>
    /// <param name="column">First column of the strip.</param>
    /// <param name="term">First term, even.</param>
    /// <param name="terms">How many, even.</param>
    /// <param name="panel"><c>[terms / 2, columns, 2]</c>.</param>
    /// <param name="scratch"><see cref="ScratchValues"/> values.</param>
    public void Pack(int column, int term, int terms, ushort* panel, ushort* scratch)
    {
        if (_codes.Codes is null)
        {
            Bfloat16PanelPacking.Pack(_dense, column, term, terms, panel);
            return;
        }
        var count = Math.Min(Bfloat16PanelPacking.Columns, Columns - column);
        for (var done = 0; done < terms; done += DecodedTerms)
        {
            var length = Math.Min(DecodedTerms, terms - done);
            Bfloat16PanelPacking.Pack(_isTurned ? Turned(column, count, term + done, length, scratch) : Straight(column, count, term + done, length, scratch), 0, 0, length, panel + done * Bfloat16PanelPacking.Columns);
        }
    }

    // Terms run along the matrix's rows.
    private MatrixView Turned(int column, int count, int term, int terms, ushort* scratch)
    {
        // What comes next in each row, and behind its end the row of the next panel: more streams than the processor follows by itself.
        var isLast = term + terms >= _codes.Columns;
        for (var i = 0; i < count; i++)
        {
            var next = isLast ? column + i + Bfloat16PanelPacking.Columns : column + i;
            if (next < _codes.Rows) _codes.Prefetch(next * _codes.Columns + (isLast ? 0 : term + terms), DecodedTerms);
            FourBitDecoding.Decode<Bfloat16Element>(_codes, (column + i) * _codes.Columns + term, terms, scratch + i * terms);
        }
        return new MatrixView((nint)scratch, TorchSharp.torch.ScalarType.BFloat16, terms, count, 1, terms);
    }

    private MatrixView Straight(int column, int count, int term, int terms, ushort* scratch)
    {
        // Each row is another page, which the processor does not foresee.
        for (var i = 0; i < terms; i++)
        {
            if (term + i + PrefetchRows < _codes.Rows) _codes.Prefetch((term + i + PrefetchRows) * _codes.Columns + column, count);
            FourBitDecoding.Decode<Bfloat16Element>(_codes, (term + i) * _codes.Columns + column, count, scratch + i * count);
        }
        return new MatrixView((nint)scratch, TorchSharp.torch.ScalarType.BFloat16, terms, count, count, 1);
    }
}
