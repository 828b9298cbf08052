namespace AlignSharp.Benchmarks.Tokenize;

/// <summary>Figures of encoding with a number of threads.</summary>
/// <param name="Threads">Threads, each with rows of its own.</param>
/// <param name="MbPerSecond">Millions of bytes of UTF-8 a second, the median of the rounds.</param>
/// <param name="IdsPerSecond">Token ids a second, likewise.</param>
internal sealed record TokenizeSide(int Threads, double MbPerSecond, double IdsPerSecond);
