using System.Numerics;

namespace AlignSharp.Data.Rows;

/// <summary>
/// The numbers of NumPy's <c>default_rng(seed)</c> (PCG64, XSL-RR), as far as the orders of Hugging Face's datasets need them.
/// Not safe for use by several threads.
/// </summary>
public sealed class NumpyGenerator
{
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);

    private readonly UInt128 _increment;
    private UInt128 _state;
    private uint? _upperHalf;

    /// <summary>Starts a generator, <c>numpy.random.default_rng(seed)</c>.</summary>
    /// <param name="seed">The seed.</param>
    public NumpyGenerator(ulong seed)
    {
        var words = NumpySeed.State(seed, 4);
        _increment = (new UInt128(words[2], words[3]) << 1) | 1;
        Step();
        _state += new UInt128(words[0], words[1]);
        Step();
    }

    internal UInt128 State => _state;

    internal UInt128 Increment => _increment;

    /// <summary>A number from 0 to below <paramref name="end"/>: one element of <c>integers(0, end, size=n)</c> (Lemire's method).</summary>
    /// <param name="end">At least 1.</param>
    public int Integer(int end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, 1);
        if (end == 1) return 0;
        var range = (uint)end;
        var product = (ulong)Next32() * range;
        if ((uint)product >= range) return (int)(product >> 32);
        var threshold = (uint.MaxValue - (range - 1)) % range;
        while ((uint)product < threshold) product = (ulong)Next32() * range;
        return (int)(product >> 32);
    }

    /// <summary>A number from 0 to below 1 with 53 random bits: one element of <c>random(n)</c>.</summary>
    public double Uniform() => (Next64() >> 11) * (1.0 / (1L << 53));

    /// <summary>The numbers from 0 to below <paramref name="count"/> in the order of <c>permutation(count)</c>, which <c>datasets.Dataset.shuffle</c> uses.</summary>
    /// <param name="count">At least 0.</param>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Shuffle(order);
        return order;
    }

    /// <summary>Changes the order of <paramref name="items"/> as <c>shuffle(items)</c> does.</summary>
    /// <param name="items">Any number of items.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below((uint)last);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    // From 0 to most itself: bits are drawn until they fit.
    private int Below(uint most)
    {
        var mask = uint.MaxValue >> BitOperations.LeadingZeroCount(most);
        uint value;
        do value = Next32() & mask;
        while (value > most);
        return (int)value;
    }

    private uint Next32()
    {
        if (_upperHalf is { } kept)
        {
            _upperHalf = null;
            return kept;
        }
        var both = Next64();
        _upperHalf = (uint)(both >> 32);
        return (uint)both;
    }

    private ulong Next64()
    {
        Step();
        return BitOperations.RotateRight((ulong)(_state >> 64) ^ (ulong)_state, (int)(_state >> 122));
    }

    private void Step() => _state = unchecked(_state * Multiplier + _increment);
}
