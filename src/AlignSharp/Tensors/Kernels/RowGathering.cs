namespace AlignSharp.Tensors.Kernels;

/// <summary>Copies the rows that a list names; an item is a row of the output.</summary>
internal sealed unsafe class RowGathering(int width) : IKernel
{
    public required byte* Table { get; init; } // [any, width]

    public required long* Rows { get; init; } // [rows]

    public required byte* Output { get; init; } // [rows, width]

    public void Run<TV, TLanes, TElement>(int first, int end) where TLanes : struct, ILanes<TV> where TElement : struct, IElement
    {
        nint bytes = (nint)width * TElement.Bytes;
        for (var row = first; row < end; row++) Buffer.MemoryCopy(Table + (nint)Rows[row] * bytes, Output + row * bytes, bytes, bytes);
    }
}
