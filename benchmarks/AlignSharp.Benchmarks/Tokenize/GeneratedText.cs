using System.Text;

namespace AlignSharp.Benchmarks.Tokenize;

/// <summary>Text that resembles prose to a tokenizer: invented words, the common ones far more often than the rare, numbers, punctuation, lines.</summary>
internal sealed class GeneratedText
{
    private const int DistinctWords = 20_000, RowCharacters = 1500;
    private static readonly string[] Syllables =
        ["ka", "lo", "mi", "ter", "ing", "en", "sha", "re", "un", "tion", "ba", "dor", "el", "qui", "st", "ou", "é", "ü", "пре", "の", "over", "pa", "ly", "gra"];

    private readonly Random _random;
    private readonly string[] _words;

    /// <summary>Invents the words.</summary>
    /// <param name="seed">Equal seeds give equal text.</param>
    public GeneratedText(int seed)
    {
        _random = new Random(seed);
        _words = [.. Enumerable.Range(0, DistinctWords).Select(_ => string.Concat(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Syllables[_random.Next(Syllables.Length)])))];
    }

    /// <summary>Rows of text of a total size.</summary>
    /// <param name="bytes">Bytes in UTF-8 that the rows reach together.</param>
    public IReadOnlyList<string> Rows(long bytes)
    {
        var rows = new List<string>();
        for (var done = 0L; done < bytes; done += Encoding.UTF8.GetByteCount(rows[^1])) rows.Add(Row());
        return rows;
    }

    /// <summary>A text of words with spaces, and now and then the end of a sentence.</summary>
    /// <param name="words">How many.</param>
    public string Text(int words)
    {
        var text = new StringBuilder();
        for (var i = 0; i < words; i++) text.Append(Word()).Append(_random.Next(12) == 0 ? ". " : " ");
        return text.ToString();
    }

    private string Row()
    {
        var text = new StringBuilder();
        while (text.Length < RowCharacters)
            _ = _random.Next(20) switch
            {
                0 => text.Append(_random.Next(10_000)).Append(' '),
                1 => text.Append(Word()).Append(", "),
                2 => text.Append(Word()).Append(". "),
                3 when _random.Next(4) == 0 => text.Append(Word()).Append(".\n\n"),
                _ => text.Append(Word()).Append(' '),
            };
        return text.ToString();
    }

    // The n-th word about as often as 1/n (Zipf).
    private string Word() => _words[(int)Math.Pow(DistinctWords, _random.NextDouble()) - 1];
}
