namespace AlignSharp.Benchmarks;

/// <summary>A benchmark as the command line knows it.</summary>
/// <param name="Purpose">What it measures, in one sentence.</param>
/// <param name="Usage">Its options as the help shows them.</param>
/// <param name="Values">Names of the options that take a value, with underscores.</param>
/// <param name="Switches">Names of the options that are on when they are given.</param>
/// <param name="Run">Runs it: its options, standard output, standard error.</param>
internal sealed record Benchmark(
    string Purpose, string Usage, IReadOnlyList<string> Values, IReadOnlyList<string> Switches, Action<Arguments, TextWriter, TextWriter> Run);
