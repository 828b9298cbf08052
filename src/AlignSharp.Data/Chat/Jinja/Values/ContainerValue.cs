using System.Numerics;

namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>
/// A value that holds values and never changes. It knows how much it holds all in all and how deep, so that printing and
/// comparing it cannot run away.
/// </summary>
internal abstract class ContainerValue
{
    private const int MaxNesting = 100;
    private const long MaxWeight = 1 << 26;

    /// <summary>Elements and characters inside, counted as often as they would be printed.</summary>
    public long Weight { get; private set; } = 1;

    private int Nesting { get; set; } = 1;

    public static long WeightOf(object? value) => value switch
    {
        string text => 1 + text.Length,
        ContainerValue container => container.Weight,
        BigInteger number => 1 + number.GetByteCount(),
        _ => 1,
    };

    protected void Hold(object? value)
    {
        Weight += WeightOf(value);
        if (value is ContainerValue container) Nesting = Math.Max(Nesting, container.Nesting + 1);
        if (Weight > MaxWeight) throw JinjaFault.Limit($"a list or dictionary that holds more than {MaxWeight} characters");
        if (Nesting > MaxNesting) throw JinjaFault.Limit($"lists or dictionaries nested deeper than {MaxNesting}");
    }
}
