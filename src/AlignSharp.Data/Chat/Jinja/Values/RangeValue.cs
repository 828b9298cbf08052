namespace AlignSharp.Data.Chat.Jinja.Values;

/// <summary>Python's range.</summary>
internal sealed class RangeValue(long start, long stop, long step)
{
    public long Start => start;

    public long Stop => stop;

    public long Step => step;

    /// <summary>How many numbers it holds.</summary>
    public long Count => (Int128)(step > 0 ? (Int128)stop - start : (Int128)start - stop) is var width && width <= 0
        ? 0
        : (long)Int128.Min(long.MaxValue, (width - 1) / Int128.Abs(step) + 1);

    public object? this[long index] => start + index * step;

    public IEnumerable<object?> All
    {
        get
        {
            for (long i = 0; i < Count; i++) yield return this[i];
        }
    }
}
