using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>A map of 256 rising values that kernels read, with what finds the nearest of them. Its memory is pinned and lives as long as the book.</summary>
internal sealed unsafe class CodeBook
{
    /// <summary>Entries of a map.</summary>
    public const int Entries = NearestCode.Entries;

    private readonly float[] _values = GC.AllocateUninitializedArray<float>(Entries, pinned: true);
    private readonly float[] _thresholds = GC.AllocateUninitializedArray<float>(Entries, pinned: true);
    private readonly byte[] _lowest = GC.AllocateUninitializedArray<byte>(1 << 16, pinned: true);

    /// <summary>Copies a map.</summary>
    /// <param name="map">256 values in rising order, no two midpoints of which begin with the same 16 bits.</param>
    public CodeBook(ReadOnlySpan<float> map)
    {
        map.CopyTo(_values);
        NearestCode.FindThresholds(map, _thresholds);
        for (var upper = 0u; upper < _lowest.Length; upper++)
        {
            float first = BitConverter.UInt32BitsToSingle(upper << 16), last = BitConverter.UInt32BitsToSingle((upper << 16) | 0xFFFF);
            int one = NearestCode.Of(first, Thresholds), other = NearestCode.Of(last, Thresholds);
            if (Math.Abs(one - other) > 1 && !float.IsNaN(last)) throw new ArgumentException($"values near {first} have three codes", nameof(map));
            _lowest[upper] = (byte)Math.Min(one, other);
        }
        // The first entry from which on the sign bit is clear.
        FirstPositive = Array.FindIndex(_values, value => !float.IsNegative(value));
    }

    /// <summary>The map, <c>[256]</c>.</summary>
    public float* Values => (float*)Unsafe.AsPointer(ref _values[0]);

    /// <summary>From which value on the next code is the nearest, <c>[256]</c>; the last is NaN.</summary>
    public float* Thresholds => (float*)Unsafe.AsPointer(ref _thresholds[0]);

    /// <summary>By the upper 16 bits of a value: the lower of the two codes that it can have, <c>[65536]</c>.</summary>
    public byte* Lowest => (byte*)Unsafe.AsPointer(ref _lowest[0]);

    /// <summary>The first code whose value has no sign.</summary>
    public int FirstPositive { get; }

    /// <summary>The map, for tensors.</summary>
    public ReadOnlySpan<float> Map => _values;

    /// <summary>The 255 thresholds, for tensors.</summary>
    public ReadOnlySpan<float> Steps => _thresholds.AsSpan(0, Entries - 1);
}
