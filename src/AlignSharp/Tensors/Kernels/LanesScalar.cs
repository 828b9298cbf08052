using System.Runtime.CompilerServices;

namespace AlignSharp.Tensors.Kernels;

/// <summary>One lane, for processors whose vectors .NET does not accelerate.</summary>
internal readonly unsafe struct LanesScalar : ILanes<float>
{
    public static int Count => 1;

    public static float Create(float value) => value;

    public static float Load(float* from) => *from;

    public static void Store(float* to, float value) => *to = value;

    public static float LoadBfloat16(ushort* from) => BitConverter.UInt32BitsToSingle((uint)*from << 16);

    public static void StoreBfloat16(ushort* to, float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        *to = (ushort)((float.IsNaN(value) ? bits | 0x400000 : bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float RoundToBfloat16(float value)
    {
        ushort upper;
        StoreBfloat16(&upper, value);
        return LoadBfloat16(&upper);
    }

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    public static float Max(float a, float b) => MathF.Max(a, b);

    public static float Sqrt(float a) => MathF.Sqrt(a);

    public static float Round(float a) => MathF.Round(a);

    public static float Scale(float a, float n) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) + ((int)n << 23));

    public static float WhereLess(float a, float b, float then, float otherwise) => a < b ? then : otherwise;

    public static float Uniform(uint first, uint key) => (RandomBits.Mix(first ^ key) >>> 8) * RandomBits.Unit;
}
