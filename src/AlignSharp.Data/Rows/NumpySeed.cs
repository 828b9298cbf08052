namespace AlignSharp.Data.Rows;

/// <summary>NumPy's SeedSequence (after O'Neill's seed_seq): spreads a seed over the whole state of a generator.</summary>
internal static class NumpySeed
{
    private const int Pool = 4;

    /// <summary>The first 64-bit words of <c>SeedSequence(seed).generate_state</c>.</summary>
    public static ulong[] State(ulong seed, int words)
    {
        var pool = Mixed(seed);
        var hash = 0x8b51f9ddu;
        uint Next(int at)
        {
            var value = pool[at % Pool] ^ hash;
            hash = unchecked(hash * 0x58f38ded);
            value = unchecked(value * hash);
            return value ^ (value >> 16);
        }
        var state = new ulong[words];
        for (var i = 0; i < words; i++)
        {
            ulong low = Next(2 * i);
            state[i] = low | ((ulong)Next(2 * i + 1) << 32);
        }
        return state;
    }

    private static uint[] Mixed(ulong seed)
    {
        var hash = 0x43b0d7e5u;
        uint Hash(uint value)
        {
            value ^= hash;
            hash = unchecked(hash * 0x931e8875);
            value = unchecked(value * hash);
            return value ^ (value >> 16);
        }
        uint[] pool = [Hash((uint)seed), Hash((uint)(seed >> 32)), Hash(0), Hash(0)];
        for (var from = 0; from < Pool; from++)
        {
            for (var to = 0; to < Pool; to++)
            {
                if (from == to) continue;
                var mixed = unchecked(0xca01f9ddu * pool[to] - 0x4973f715u * Hash(pool[from]));
                pool[to] = mixed ^ (mixed >> 16);
            }
        }
        return pool;
    }
}
