using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>bfloat16: the upper half of a float32.</summary>
internal readonly unsafe struct Bfloat16Element : IElement
{
    public static int Bytes => sizeof(ushort);

    public static float Get(void* row, nint index) => LanesScalar.LoadBfloat16((ushort*)row + index);

    public static void Set(void* row, nint index, float value) => LanesScalar.StoreBfloat16((ushort*)row + index, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Round<TV, TLanes>(TV value) where TLanes : struct, ILanes<TV> => TLanes.RoundToBfloat16(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<TV, TLanes>(void* row, nint index) where TLanes : struct, ILanes<TV> => TLanes.LoadBfloat16((ushort*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TV, TLanes>(void* row, nint index, TV value) where TLanes : struct, ILanes<TV> => TLanes.StoreBfloat16((ushort*)row + index, value);
}
