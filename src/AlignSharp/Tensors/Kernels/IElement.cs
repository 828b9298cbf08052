namespace AlignSharp.Tensors.Kernels;

/// <summary>How the elements of a tensor are stored; kernels compute in float32 whatever it is.</summary>
internal unsafe interface IElement
{
    static abstract int Bytes { get; }

    static abstract float Get(void* row, nint index);

    static abstract void Set(void* row, nint index, float value);

    /// <summary>The values as they would be after storing them.</summary>
    static abstract TV Round<TV, TLanes>(TV value) where TLanes : struct, ILanes<TV>;

    static abstract TV Load<TV, TLanes>(void* row, nint index) where TLanes : struct, ILanes<TV>;

    static abstract void Store<TV, TLanes>(void* row, nint index, TV value) where TLanes : struct, ILanes<TV>;
}
