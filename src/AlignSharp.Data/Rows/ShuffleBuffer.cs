namespace AlignSharp.Data.Rows;

/// <summary>
/// Shuffles a stream through a buffer in the order of <c>datasets.IterableDataset.shuffle(seed, buffer_size)</c>: the buffer is filled, then each further item replaces a
/// random one, which is given out; at the end the rest is shuffled.
/// </summary>
public static class ShuffleBuffer
{
    /// <summary>Slots that Hugging Face draws at once, before they are needed; it decides where the numbers of the last shuffle begin.</summary>
    private const int SlotsAtOnce = 1000;

    /// <summary>The items in shuffled order; each enumeration gives the same order and holds at most <paramref name="size"/> items.</summary>
    /// <param name="items">The stream; read as far as items are asked for, and <paramref name="size"/> further.</param>
    /// <param name="size">Items of the buffer, at least 1; with 1 the order stays.</param>
    /// <param name="seed">The seed.</param>
    public static IEnumerable<T> Shuffle<T>(IEnumerable<T> items, int size, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return Shuffled(items, size, seed);
    }

    private static IEnumerable<T> Shuffled<T>(IEnumerable<T> items, int size, ulong seed)
    {
        var random = new NumpyGenerator(seed);
        var (buffer, slots, next) = (new List<T>(), new int[SlotsAtOnce], SlotsAtOnce);
        foreach (var item in items)
        {
            if (buffer.Count < size)
            {
                buffer.Add(item);
                continue;
            }
            if (next == SlotsAtOnce)
            {
                for (var i = 0; i < SlotsAtOnce; i++) slots[i] = random.Integer(size);
                next = 0;
            }
            var slot = slots[next++];
            yield return buffer[slot];
            buffer[slot] = item;
        }
        T[] rest = [.. buffer];
        random.Shuffle<T>(rest);
        foreach (var item in rest) yield return item;
    }
}
