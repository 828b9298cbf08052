using System.Runtime.Intrinsics;
using AlignSharp.Tensors.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors.Kernels;

/// <summary>What kernels are made of: the exponential, the logarithm, the inverse error function, bfloat16 and random numbers, in every width of vectors.</summary>
public unsafe class LanesTests
{
    private delegate void Mapping(float* from, float* to, int count);

    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    [Fact]
    public void The_exponential_is_within_two_units_in_the_last_place()
    {
        foreach (var width in Widths)
        {
            // Every 4099th of all float32 numbers, which is prime.
            var x = Enumerable.Range(0, (int)((1L << 32) / 4099)).Select(i => BitConverter.UInt32BitsToSingle((uint)(i * 4099L))).ToArray();
            var y = Map(x, Exponentials(width));
            var largest = 0.0;
            for (var i = 0; i < x.Length; i++)
            {
                if (float.IsNaN(x[i])) Assert.True(float.IsNaN(y[i]));
                else if (x[i] < -87.3f) Assert.Equal(0, y[i]);
                else if (x[i] <= 88.37f) largest = Math.Max(largest, Math.Abs(y[i] - Math.Exp(x[i])) / UnitInTheLastPlace(Math.Exp(x[i])));
                else Assert.InRange(y[i], 2e38, float.MaxValue);
            }
            Assert.InRange(largest, 0.5, 2);
        }
    }

    [Fact]
    public void The_exponential_keeps_its_limits()
    {
        foreach (var width in Widths)
        {
            float[] x = [0, -0f, float.Epsilon, -float.Epsilon, 1e-38f, 1, -1, float.NegativeInfinity, float.MinValue, -87.3f, 88.37f, float.PositiveInfinity, float.MaxValue, float.NaN, -float.NaN, 88.4f];
            var y = Map(x, Exponentials(width));
            Assert.Equal([1, 1, 1, 1, 1, MathF.E, 1 / MathF.E, 0, 0], y[..9], (a, b) => Math.Abs(a - b) <= 1.2e-7f * Math.Abs(b));
            Assert.Equal([1, 1, 1, 1, 1], y[..5]);
            Assert.All(y[9..13], value => Assert.True(value > 0 && float.IsFinite(value)));
            Assert.All(y[13..15], value => Assert.True(float.IsNaN(value)));
            Assert.Equal(y[11], y[15]); // whatever lies beyond is the largest power
        }
    }

    [Fact]
    public void The_exponential_has_the_same_bits_in_every_width()
    {
        var random = new Random(1);
        var x = Enumerable.Range(0, 50_000).Select(i => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, int.MaxValue + 1L))).Concat(Enumerable.Range(0, 50_000).Select(_ => random.NextSingle() * 200 - 100)).ToArray();
        var expected = Map(x, Exponentials(VectorWidth.Scalar));
        foreach (var width in Widths) Assert.Equal(Bits(expected), Bits(Map(x, Exponentials(width))));

        // One NaN is as good as another.
        static IEnumerable<int> Bits(float[] values) => values.Select(value => float.IsNaN(value) ? 0x7FC00000 : BitConverter.SingleToInt32Bits(value));
    }

    [Fact]
    public void Rounding_to_bfloat16_equals_that_of_libtorch()
    {
        foreach (var width in Widths)
        {
            using var scope = NewDisposeScope();
            var random = new Random(2);
            // Every upper half with lower halves that are ties, beside ties, none, and random.
            foreach (var lower in new Func<int>[] { () => 0, () => 0x7FFF, () => 0x8000, () => 0x8001, () => 0xFFFF, () => random.Next(0x10000) })
            {
                var x = Enumerable.Range(0, 0x10000).Select(upper => BitConverter.UInt32BitsToSingle(((uint)upper << 16) | (uint)lower())).ToArray();
                var expected = tensor(x).to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray();
                var (rounded, stored) = (Map(x, Rounding(width)), Map(x, Storing(width)));
                for (var i = 0; i < x.Length; i++)
                {
                    // Which NaN it is differs from one place of libtorch to another.
                    if (float.IsNaN(x[i])) Assert.True(float.IsNaN(rounded[i]) && float.IsNaN(stored[i]) && float.IsNaN(expected[i]));
                    else Assert.Equal((Bits(expected[i]), Bits(expected[i])), (Bits(rounded[i]), Bits(stored[i])));
                }
            }
            static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
        }
    }

    [Fact]
    public void The_larger_of_two_is_not_a_number_if_either_is_not()
    {
        foreach (var width in Widths)
        {
            float[] left = [1, 2, float.NaN, 3, float.NegativeInfinity, float.PositiveInfinity, float.NaN, -1], right = [2, 1, 3, float.NaN, 4, 5, float.NaN, -2];
            var largest = Map([.. left, .. left], Largest(width, [.. right, .. right]));
            Assert.Equal([2, 2, float.NaN, float.NaN, 4, float.PositiveInfinity, float.NaN, -1], largest[..8]);
        }
    }

    [Fact]
    public void Random_numbers_are_uniform_and_the_same_in_every_width()
    {
        foreach (var width in Widths)
        {
            const int count = 1 << 16;
            var key = RandomBits.OfRow(42, 7);
            var numbers = Map(new float[count], Uniform(width, key));
            Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1f / (1 << 24)));
            Assert.Equal(Enumerable.Range(0, count).Select(i => (RandomBits.Mix((uint)i ^ key) >>> 8) / (float)(1 << 24)), numbers);
            // Five standard deviations of a mean, and of shares of sixteenths.
            Assert.Equal(0.5, numbers.Average(), 5 / Math.Sqrt(12.0 * count));
            foreach (var share in numbers.CountBy(number => (int)(number * 16))) Assert.Equal(1 / 16.0, share.Value / (double)count, 5 * Math.Sqrt(15 / 256.0 / count));
            // Neighbours know nothing of one another.
            var together = numbers.Zip(numbers.Skip(1), (one, next) => (one - 0.5) * (next - 0.5)).Average();
            Assert.Equal(0, together, 5 / (12 * Math.Sqrt(count)));
        }
    }

    [Fact]
    public void Rows_and_both_halves_of_a_key_make_other_keys()
    {
        var keys = Enumerable.Range(0, 1000).SelectMany(row => new ulong[] { 0, 1, 1UL << 31, 1UL << 32, 1UL << 62, 12345 }.Select(key => RandomBits.OfRow(key, row))).ToArray();
        // Of 6000 random numbers of 32 bits two are equal once in 240 times; these are fixed.
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void The_logarithm_is_within_two_units_in_the_last_place()
    {
        // From 2⁻³¹ to 1, every 37th float32 number.
        var first = BitConverter.SingleToInt32Bits(MathF.ScaleB(1, -31));
        var x = Enumerable.Range(0, (BitConverter.SingleToInt32Bits(1f) - first) / 37).Select(i => BitConverter.Int32BitsToSingle(first + i * 37)).Append(1f).ToArray();
        foreach (var width in Widths)
        {
            var y = Map(x, Logarithms(width));
            for (var i = 0; i < x.Length; i++)
            {
                var exact = Math.Log(x[i]);
                var isNear = Math.Abs(y[i] - exact) <= Math.Max(2 * UnitInTheLastPlace(Math.Abs(exact) + 1e-30), 1e-7);
                if (!isNear) Assert.Fail($"{width}: ln {x[i]} is {exact}, not {y[i]}");
            }
            Assert.Equal(0, y[^1]);
        }
    }

    [Fact]
    public void The_inverse_error_function_gives_the_quantiles_of_the_normal_distribution()
    {
        // statistics.NormalDist().inv_cdf((x + 1) / 2) of Python 3.11.
        (float X, double Quantile)[] known =
        [
            (MathF.ScaleB(1, -24) - 1, -5.419983174916869), (3 * MathF.ScaleB(1, -24) - 1, -5.220113060600539), (-0.5f + MathF.ScaleB(1, -24), -0.674489656412197),
            (MathF.ScaleB(1, -24), 7.470334394666561e-08), ((float)((2 * 12345678 + 1) / 16777216.0 - 1), 0.6306331215372919), ((float)((2 * 16757216 + 1) / 16777216.0 - 1), 3.0376728639255703),
            (1 - MathF.ScaleB(1, -24), 5.419983174916869),
        ];
        foreach (var width in Widths)
        {
            var y = Map([.. known.Select(pair => pair.X)], Quantiles(width));
            foreach (var (found, (x, expected)) in y.Zip(known))
                if (Math.Abs(found * Math.Sqrt(2) - expected) > 1e-6 * Math.Abs(expected)) Assert.Fail($"{width}: at {x} is {found * Math.Sqrt(2)}, not {expected}");
        }
    }

    private static float[] Map(float[] x, Mapping mapping)
    {
        // A whole number of the widest vectors.
        var padded = new float[(x.Length + 15) / 16 * 16];
        x.CopyTo(padded, 0);
        var y = new float[padded.Length];
        fixed (float* from = padded, to = y) mapping(from, to, padded.Length);
        return y[..x.Length];
    }

    private static Mapping Exponentials(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Exponentials<Vector512<float>, Lanes512>,
        VectorWidth.Bits256 => Exponentials<Vector256<float>, Lanes256>,
        VectorWidth.Bits128 => Exponentials<Vector128<float>, Lanes128>,
        _ => Exponentials<float, LanesScalar>,
    };

    private static Mapping Logarithms(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Logarithms<Vector512<float>, Lanes512>,
        VectorWidth.Bits256 => Logarithms<Vector256<float>, Lanes256>,
        VectorWidth.Bits128 => Logarithms<Vector128<float>, Lanes128>,
        _ => Logarithms<float, LanesScalar>,
    };

    private static Mapping Quantiles(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Quantiles<Vector512<float>, Lanes512>,
        VectorWidth.Bits256 => Quantiles<Vector256<float>, Lanes256>,
        VectorWidth.Bits128 => Quantiles<Vector128<float>, Lanes128>,
        _ => Quantiles<float, LanesScalar>,
    };

    private static Mapping Rounding(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Rounding<Vector512<float>, Lanes512>,
        VectorWidth.Bits256 => Rounding<Vector256<float>, Lanes256>,
        VectorWidth.Bits128 => Rounding<Vector128<float>, Lanes128>,
        _ => Rounding<float, LanesScalar>,
    };

    private static Mapping Storing(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Storing<Vector512<float>, Lanes512>,
        VectorWidth.Bits256 => Storing<Vector256<float>, Lanes256>,
        VectorWidth.Bits128 => Storing<Vector128<float>, Lanes128>,
        _ => Storing<float, LanesScalar>,
    };

    private static Mapping Largest(VectorWidth width, float[] others) => width switch
    {
        VectorWidth.Bits512 => (from, to, count) => Largest<Vector512<float>, Lanes512>(from, others, to, count),
        VectorWidth.Bits256 => (from, to, count) => Largest<Vector256<float>, Lanes256>(from, others, to, count),
        VectorWidth.Bits128 => (from, to, count) => Largest<Vector128<float>, Lanes128>(from, others, to, count),
        _ => (from, to, count) => Largest<float, LanesScalar>(from, others, to, count),
    };

    private static Mapping Uniform(VectorWidth width, uint key) => width switch
    {
        VectorWidth.Bits512 => (_, to, count) => Uniform<Vector512<float>, Lanes512>(key, to, count),
        VectorWidth.Bits256 => (_, to, count) => Uniform<Vector256<float>, Lanes256>(key, to, count),
        VectorWidth.Bits128 => (_, to, count) => Uniform<Vector128<float>, Lanes128>(key, to, count),
        _ => (_, to, count) => Uniform<float, LanesScalar>(key, to, count),
    };

    private static void Exponentials<TV, TLanes>(float* from, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, Exponential.Exp<TV, TLanes>(TLanes.Load(from + i)));
    }

    private static void Logarithms<TV, TLanes>(float* from, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, Logarithm.OfFraction<TV, TLanes>(TLanes.Load(from + i)));
    }

    private static void Quantiles<TV, TLanes>(float* from, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, InverseErrorFunction.Of<TV, TLanes>(TLanes.Load(from + i)));
    }

    private static void Rounding<TV, TLanes>(float* from, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, TLanes.RoundToBfloat16(TLanes.Load(from + i)));
    }

    private static void Storing<TV, TLanes>(float* from, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        var stored = stackalloc ushort[16];
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.StoreBfloat16(stored, TLanes.Load(from + i));
            TLanes.Store(to + i, TLanes.LoadBfloat16(stored));
        }
    }

    private static void Largest<TV, TLanes>(float* left, float[] right, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        fixed (float* other = right)
            for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, TLanes.Max(TLanes.Load(left + i), TLanes.Load(other + i)));
    }

    private static void Uniform<TV, TLanes>(uint key, float* to, int count) where TLanes : struct, ILanes<TV>
    {
        for (var i = 0; i < count; i += TLanes.Count) TLanes.Store(to + i, TLanes.Uniform((uint)i, key));
    }

    private static double UnitInTheLastPlace(double value) => MathF.BitIncrement((float)value) - (double)(float)value;
}
