namespace AlignSharp.Data.Checks.Statistics;

/// <summary>A feature and its value in 32 bits: 18 for which of 262,144 features, 14 for a value from -1 to 1.</summary>
internal static class SparseFeature
{
    /// <summary>Number of features.</summary>
    public const int Count = 1 << IndexBits;

    private const int IndexBits = 18, ValueBits = 32 - IndexBits, Zero = 1 << (ValueBits - 1);

    // The greatest value is exactly 1.
    private const float Scale = Zero - 1;

    public static uint Pack(int index, double value) => ((uint)index << ValueBits) | (uint)(Zero + (int)Math.Round(Math.Clamp(value, -1, 1) * Scale));

    public static int Index(uint feature) => (int)(feature >> ValueBits);

    public static float Value(uint feature) => ((int)(feature & ((1 << ValueBits) - 1)) - Zero) / Scale;
}
