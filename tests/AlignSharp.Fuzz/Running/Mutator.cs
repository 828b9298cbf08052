using System.Text;

namespace AlignSharp.Fuzz.Running;

/// <summary>Makes inputs out of inputs. The same seed makes the same inputs.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words, int seed)
{
    private const int LongestInput = 1 << 15;
    private static readonly string[] Numbers = ["0", "-1", "1", "127", "128", "255", "256", "65535", "65536", "2147483647", "-2147483648", "4294967296", "9223372036854775807", "-9223372036854775809", "1e308", "1e309"];
    private static readonly byte[] Extremes = [0, 1, 0x7F, 0x80, 0xFF, 0xFE, (byte)'"', (byte)'\\', (byte)'\n', (byte)'{'];
    private readonly Random _random = new(seed);
    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    public byte[] Next()
    {
        var input = new List<byte>(Pick(corpus));
        // Mostly a few changes: what is damaged everywhere fails at its first byte.
        for (var changes = 1 << _random.Next(5); changes > 0; changes--) Change(input);
        if (input.Count > LongestInput) input.RemoveRange(LongestInput, input.Count - LongestInput);
        return [.. input];
    }

    private void Change(List<byte> input)
    {
        var at = _random.Next(input.Count + 1);
        switch (_random.Next(12))
        {
            case 0 when at < input.Count: input[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1 when at < input.Count: input[at] = (byte)_random.Next(256); break;
            case 2 when at < input.Count: input[at] = Pick(Extremes); break;
            case 3: input.InsertRange(at, Enumerable.Range(0, _random.Next(1, 9)).Select(_ => (byte)_random.Next(256))); break;
            case 4 or 5: Remove(input, at); break;
            case 6: input.InsertRange(at, Encoding.UTF8.GetBytes(Pick(Numbers))); break;
            case 7: CopyBlock(input, at); break;
            case 8: Splice(input, at); break;
            default: if (_words.Length > 0) input.InsertRange(at, Pick(_words)); break;
        }
    }

    private void Remove(List<byte> input, int at) => input.RemoveRange(at, Math.Min(_random.Next(1, 1 << _random.Next(1, 8)), input.Count - at));

    /// <summary>A part again at another place; now and then many times, which finds what nests or repeats without end.</summary>
    private void CopyBlock(List<byte> input, int to)
    {
        var from = _random.Next(input.Count + 1);
        var block = input.GetRange(from, Math.Min(_random.Next(1, 33), input.Count - from));
        var times = _random.Next(16) == 0 ? _random.Next(2, 500) : 1;
        for (; times > 0 && input.Count < LongestInput; times--) input.InsertRange(to, block);
    }

    private void Splice(List<byte> input, int at)
    {
        var other = Pick(corpus);
        var from = _random.Next(other.Length + 1);
        input.RemoveRange(at, input.Count - at);
        input.AddRange(other[from..]);
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
