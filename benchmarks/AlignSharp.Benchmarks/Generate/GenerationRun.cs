using System.Diagnostics;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Generation;
using AlignSharp.Models.Llama;

namespace AlignSharp.Benchmarks.Generate;

/// <summary>Generates greedily with the engine's generator, and tells the reading of the prompts from the writing of the completions.</summary>
/// <param name="shape">Size of the model.</param>
/// <param name="model">The model.</param>
/// <param name="prompt">Tokens of a prompt.</param>
/// <param name="newTokens">Tokens of a completion, at least 2.</param>
/// <param name="seed">Seed of the prompts.</param>
internal sealed class GenerationRun(ModelShape shape, LlamaModel model, LengthRange prompt, int newTokens, int seed)
{
    private const int Rounds = 3, FirstId = 3;

    /// <summary>Measures a batch size.</summary>
    /// <param name="batch">Completions side by side.</param>
    /// <param name="gemmGflops">Libtorch's rate of matrix products.</param>
    /// <param name="memoryRate">Bandwidth of memory in GB/s.</param>
    public GenerationResult Measure(int batch, double gemmGflops, double memoryRate)
    {
        var prompts = Prompts(batch);
        Once(prompts);
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Once(prompts)).ToArray();
        var prefill = Timings.MedianOf(rounds.Select(round => round.Prefill));
        var step = Timings.MedianOf(rounds.Select(round => round.Decode)) / (newTokens - 1);
        var rate = WeightBytes() / step / 1e9;
        return new GenerationResult(batch, prompts.Sum(p => p.Length) / prefill, PrefillGflop(prompts) / prefill / gemmGflops, batch / step, rate, rate / memoryRate);
    }

    private int[][] Prompts(int batch)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, batch).Select(_ => Enumerable.Range(0, random.Next(prompt.Shortest, prompt.Longest + 1)).Select(_ => random.Next(FirstId, shape.Vocab)).ToArray())];
    }

    // Seconds until every completion has its first token, and from there to the last.
    private (double Prefill, double Decode) Once(int[][] prompts)
    {
        var told = 0;
        long started = Stopwatch.GetTimestamp(), first = 0, last = 0;
        bool Stop(IReadOnlyList<int> completion)
        {
            last = Stopwatch.GetTimestamp();
            if (++told == prompts.Length) first = last;
            return false;
        }
        new TextGenerator(model, eosTokenIds: []) { BatchSize = prompts.Length }.Generate(prompts, new SamplingOptions { Temperature = 0, MaxNewTokens = newTokens }, Stop);
        return (Stopwatch.GetElapsedTime(started, first).TotalSeconds, Stopwatch.GetElapsedTime(first, last).TotalSeconds);
    }

    // Projections of every token, attention over the visible pairs, the head for each prompt's last token.
    private double PrefillGflop(int[][] prompts)
    {
        double tokens = prompts.Sum(p => p.Length), visible = prompts.Sum(p => p.Length * (p.Length + 1.0) / 2);
        return (2 * tokens * shape.Layers * shape.LayerWeights + 4 * visible * shape.Hidden * shape.Layers + 2.0 * prompts.Length * shape.Hidden * shape.Vocab) / 1e9;
    }

    // Layers and head once a step for the whole batch; of the embedding only a row a token is read. The cached keys and values are not counted.
    private double WeightBytes() => (shape.Layers * shape.LayerWeights + (double)shape.Hidden * shape.Vocab) * Dtypes.BytesOf(model.ComputeType);
}
