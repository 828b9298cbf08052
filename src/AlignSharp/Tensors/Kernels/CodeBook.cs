using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>A map of 256 rising values that kernels read, with what finds the nearest of them. Its memory is pinned and lives as long as the book.</summary>
internal sealed unsafe class CodeBook
{
    /// <summary>Entries of a map.</summary>
    public const int Entries = NearestCode.Entries;

    private readonly float[] _values = GC.AllocateUninitializedArray<float>(Entries, pinned: true);
    private readonly float[] _thresholds = GC.AllocateUninitializedArray<float>(Entries, pinned: true);

    /// <summary>Copies a map.</summary>
    /// <param name="map">256 values in rising order.</param>
    public CodeBook(ReadOnlySpan<float> map)
    {
        map.CopyTo(_values);
        NearestCode.FindThresholds(map, _thresholds);
        // The first entry from which on the sign bit is clear.
        FirstPositive = Array.FindIndex(_values, value => !float.IsNegative(value));
    }

    /// <summary>The map, <c>[256]</c>.</summary>
    public float* Values => (float*)Unsafe.AsPointer(ref _values[0]);

    /// <summary>From which value on the next code is the nearest, <c>[256]</c>; the last is NaN.</summary>
    public float* Thresholds => (float*)Unsafe.AsPointer(ref _thresholds[0]);

    /// <summary>The first code whose value has no sign.</summary>
    public int FirstPositive { get; }

    /// <summary>The map, for tensors.</summary>
    public ReadOnlySpan<float> Map => _values;

    /// <summary>The 255 thresholds, for tensors.</summary>
    public ReadOnlySpan<float> Steps => _thresholds.AsSpan(0, Entries - 1);
}
