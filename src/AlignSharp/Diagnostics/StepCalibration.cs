using System.Diagnostics;
using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Pairs;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Optimizers;
using AlignSharp.Quantization;
using AlignSharp.Runtime;
using AlignSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = AlignSharp.Optimizers.AdamW;

namespace AlignSharp.Diagnostics;

/// <summary>Measures a single layer, the output head, attention and the optimizer of a run's shape on the CPU, with random weights: a second or two.</summary>
/// <param name="shape">What is trained.</param>
internal sealed class StepCalibration(TrainingShape shape)
{
    private const int MostTokens = 256, FewestTokens = 16, MostAttended = 2048;
    private const int UpdatedElements = 1 << 20;
    private const int FewestRounds = 2;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(200);

    private LlamaConfig Model => shape.Model;

    private bool TrainsWeights => shape.Adapter is null;

    /// <summary>Measures.</summary>
    /// <param name="tokens">Tokens of a usual micro-batch.</param>
    /// <param name="length">Length of a usual sequence.</param>
    /// <param name="cancellation">Checked between the parts.</param>
    public StepSpeed Measure(int tokens, int length, CancellationToken cancellation)
    {
        using var random = new Training.RandomState(); // dropout draws from it
        var (attentionForward, attentionBackward) = Attention(Math.Clamp(length, FewestTokens, MostAttended));
        cancellation.ThrowIfCancellationRequested();
        var rows = Math.Clamp(tokens, FewestTokens, MostTokens);
        var (layerForward, layerTraining) = Layer(rows);
        cancellation.ThrowIfCancellationRequested();
        var (headForward, headTraining) = Head(rows);
        cancellation.ThrowIfCancellationRequested();
        var attended = rows * (rows + 1) / 2.0;
        var speed = new StepSpeed
        {
            LayerForward = Math.Max(0, layerForward - attentionForward * attended) / rows,
            LayerBackward = Math.Max(0, layerTraining - layerForward - attentionBackward * attended) / rows,
            AttentionForward = attentionForward,
            AttentionBackward = attentionBackward,
            HeadForward = headForward / rows,
            HeadTraining = headTraining / rows,
            Update = Update() / UpdatedElements,
        };
        SlabMemory.Shared.Trim();
        return speed;
    }

    // One segment of that length; seconds a pair.
    private (double Forward, double Backward) Attention(int length)
    {
        using var scope = NewDisposeScope();
        using var attention = new SegmentAttention([new Segment(0, length, 0, 0)]);
        Tensor Heads(int heads, string name) => RandomNormal.Create([length, heads, Model.HeadDim], shape.Type, 1, 0, name).requires_grad_();
        Tensor q = Heads(Model.Heads, "q"), k = Heads(Model.KeyValueHeads, "k"), v = Heads(Model.KeyValueHeads, "v");
        var (forward, training) = Seconds(() => attention.Attend(0, q, k, v));
        var pairs = length * (length + 1) / 2.0;
        return (forward / pairs, Math.Max(0, training - forward) / pairs);
    }

    // A model of one layer whose embedding is trained, so that the layer's input wants its gradient as it does behind another layer.
    private (double Forward, double Training) Layer(int rows)
    {
        using var scope = NewDisposeScope();
        var config = Model with { Layers = 1, VocabularySize = rows, TieWordEmbeddings = true };
        var adapter = shape.Adapter is { } options ? new LoraAdapter(options) : null;
        using var model = new LlamaModel(config, adapter is null ? Create : adapter.Around(Create), shape.Type, CPU);
        Fill(model, adapter);
        Projection Create(ProjectionSite site) => shape.FourBit?.Quantizes(site) == true ? new QuantizedProjection(site, shape.FourBit.ComputeType) : new DenseProjection(site);
        var ids = Enumerable.Range(0, rows).ToArray();
        using var batch = new TokenBatch(Packer.Pack([new TokenizedSequence(ids, [.. ids.Select(_ => true)], default)]), CPU);
        return Seconds(() => model.Hidden(batch.Inputs, batch.Attention));
    }

    private void Fill(LlamaModel model, LoraAdapter? adapter)
    {
        using var noGradient = no_grad();
        var parameters = Checkpoints.ModelFolder.BaseParameters(model).ToDictionary(p => p.Key, p => p.Value);
        var quantized = Checkpoints.ModelFolder.QuantizedProjections(model).ToDictionary(p => $"{p.Key}.weight", p => p.Value);
        foreach (var weight in LlamaWeights.Of(model.Config))
        {
            using var values = LlamaInitialization.Create(weight, model.Config, shape.Type, seed: 0);
            if (quantized.TryGetValue(weight.Name, out var projection))
            {
                projection.Weight = FourBitQuantizer.Quantize(values, shape.FourBit!, weight.Name);
                continue;
            }
            var parameter = parameters[weight.Name];
            parameter.copy_(values);
            parameter.requires_grad = TrainsWeights || weight.Kind == WeightKind.Embedding;
        }
        adapter?.Initialize(seed: 0);
        model.train();
    }

    private (double Forward, double Training) Head(int rows)
    {
        using var scope = NewDisposeScope();
        var weight = RandomNormal.Create([Model.VocabularySize, Model.HiddenSize], shape.Type, Model.InitializerRange, 0, "head").requires_grad_(TrainsWeights);
        var hidden = RandomNormal.Create([rows, Model.HiddenSize], shape.Type, 1, 0, "hidden").requires_grad_();
        Tensor places = tensor([.. Enumerable.Range(0, rows).Select(i => (long)i)]), targets = tensor([.. Enumerable.Range(0, rows).Select(i => (long)(i % Model.VocabularySize))]);
        return Seconds(() => LogProbHead.Score(hidden, places, targets, new LinearMap(weight), withStatistics: true).Logps);
    }

    private double Update()
    {
        using var scope = NewDisposeScope();
        var type = TrainsWeights ? shape.Type : ScalarType.Float32;
        using var parameter = new Parameter(RandomNormal.Create([UpdatedElements], type, 1, 0, "parameter"));
        using var optimizer = Registry.CreateOptimizer(shape.Optimizer, [("weight", parameter)], new AdamWOptions(), shape.OptimizerArguments);
        return Best(() =>
        {
            parameter.grad = RandomNormal.Create([UpdatedElements], type, 1, 0, "gradient");
            var started = Stopwatch.GetTimestamp();
            optimizer.Update(1e-6);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }

    // Without a gradient, and with one and its backward pass.
    private static (double Forward, double Training) Seconds(Func<Tensor> run)
    {
        var forward = Best(() =>
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            run();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        var training = Best(() =>
        {
            using var scope = NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            Backpropagation.Run(run().sum(type: ScalarType.Float32));
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        return (forward, training);
    }

    // The best, because others use the machine too; the first round prepares memory and code.
    private static double Best(Func<double> round)
    {
        var (best, started) = (double.PositiveInfinity, Stopwatch.GetTimestamp());
        for (var i = 0; i < FewestRounds || Stopwatch.GetElapsedTime(started) < Enough; i++) best = Math.Min(best, round());
        return best;
    }
}
