using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>float32.</summary>
internal readonly unsafe struct Float32Element : IElement
{
    public static int Bytes => sizeof(float);

    public static float Get(void* row, nint index) => ((float*)row)[index];

    public static void Set(void* row, nint index, float value) => ((float*)row)[index] = value;

    public static TV Round<TV, TLanes>(TV value) where TLanes : struct, ILanes<TV> => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<TV, TLanes>(void* row, nint index) where TLanes : struct, ILanes<TV> => TLanes.Load((float*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TV, TLanes>(void* row, nint index, TV value) where TLanes : struct, ILanes<TV> => TLanes.Store((float*)row + index, value);
}
