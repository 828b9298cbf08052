using System.Diagnostics;
using AlignSharp.Adapters.Lora;
using AlignSharp.Benchmarks.Measuring;
using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Benchmarks.Step;
using AlignSharp.Checkpoints;
using AlignSharp.Models.Llama;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using static TorchSharp.torch;

namespace AlignSharp.Benchmarks.SevenBillion;

/// <summary>Loads a model folder into 4 bits and takes DPO steps over it with an adapter on all projections, in a process that does nothing else.</summary>
internal static class QloraSteps
{
    private const int Rank = 8, Prompt = 256, Completion = 256;
    private const double GiB = 1L << 30;
    private static readonly TimeSpan GemmTime = TimeSpan.FromSeconds(8);

    /// <summary>Measures.</summary>
    /// <param name="folder">The model, in full precision.</param>
    /// <param name="checkpointing">Whether layers keep their inputs alone.</param>
    /// <param name="steps">Measured steps with an unknown reference, and as many with a known one.</param>
    public static PhaseResult Measure(string folder, bool checkpointing, int steps)
    {
        using var memory = new PrivateMemoryWatch();
        var started = Stopwatch.GetTimestamp();
        var config = ModelConfigReader.Read(folder);
        var adapter = new LoraAdapter(new LoraOptions { Rank = Rank, Alpha = 2 * Rank, Targets = new AllLinearTargets() });
        using var model = new StepModel((LlamaModel)ModelFolder.Load(folder, config, ScalarType.BFloat16, CPU, adapter.Around, new FourBitOptions { DoubleQuantization = true }), adapter, seed: 1, deviation: 1e-3);
        var (loadSeconds, loadGib) = (Stopwatch.GetElapsedTime(started).TotalSeconds, memory.PeakBytes / GiB);

        var shape = new StepShape
        {
            Name = "seven-billion",
            Model = Of(config.Shape),
            Type = ScalarType.BFloat16,
            Pairs = 1,
            Prompt = new LengthRange(Prompt, Prompt),
            Completion = new LengthRange(Completion, Completion),
            Rank = Rank,
            AllProjections = true,
            Steps = steps,
            Checkpointing = checkpointing,
        };
        var losses = new List<double>();
        var cold = Run(shape, model, steps, losses);
        var peak = memory.PeakBytes / GiB;
        var saveSeconds = Save(adapter);
        var known = shape with { ReferenceKnown = true };
        var warm = Run(known, model, steps, losses);

        var gemm = new GemmRate(shape.Model, shape.Type, Prompt + 2 * Completion, 2 * Completion);
        gemm.Measure(GemmTime);
        var work = StepWork.Of(shape, RandomPairs.Batch(shape, 0));
        // All layers but the last are computed once more, their last projection alone left out where it is frozen, which it is not here.
        var again = checkpointing ? (work.Linear / 3 + work.Attention / 4) * (shape.Model.Layers - 1) / shape.Model.Layers : 0;
        var seconds = Timings.MedianOf(cold);
        return new PhaseResult(seconds, peak)
        {
            LoadSeconds = loadSeconds,
            LoadPrivateGib = loadGib,
            Steps = cold,
            ReferenceKnownSeconds = Timings.MedianOf(warm),
            GemmGflops = gemm.Gflops,
            GemmShare = work.Total / gemm.Gflops / seconds,
            GemmShareDone = (work.Total + again) / gemm.Gflops / seconds,
            SaveSeconds = saveSeconds,
            Losses = losses,
        };
    }

    // The first step is not measured: it finds no page of its memory yet.
    private static List<double> Run(StepShape shape, StepModel model, int steps, List<double> losses)
    {
        using var step = new OurStep(shape, model);
        var seconds = new List<double>();
        for (var i = 0; i <= steps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            losses.Add(step.Run(i));
            if (i > 0) seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return seconds;
    }

    private static double Save(LoraAdapter adapter)
    {
        var folder = Directory.CreateTempSubdirectory("alignsharp-seven-billion-").FullName;
        try
        {
            var started = Stopwatch.GetTimestamp();
            AdapterFolder.Save(folder, adapter, "seven-billion", origin: null);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ModelShape Of(LlamaConfig config) => new(config.HiddenSize, config.Layers, config.Heads, config.KeyValueHeads, config.IntermediateSize, config.VocabularySize);
}
