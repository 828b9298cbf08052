using AlignSharp.Checkpoints;
using AlignSharp.Models;
using AlignSharp.Models.Llama;
using AlignSharp.Runtime;
using AlignSharp.Tensors;
using TorchSharp;

namespace AlignSharp.Diagnostics;

/// <summary>
/// Reckons the peak of a training step on the CPU from shapes alone. A step goes through phases (head, reference, backward pass, update), each of which holds
/// something else; the peak is the phase that holds most. See docs/guide/plan.md for the terms, and for how near they come.
/// </summary>
/// <param name="shape">What is trained.</param>
public sealed class MemoryPlanner(TrainingShape shape)
{
    // What best fit leaves between blocks, as a share of what steps hold (measured); beside it the last slab is half full in the mean.
    private const double Gaps = 0.05;

    // Compiled kernels, what threads keep for them, and malloc's gaps: what a process holds once it has trained, beyond what it held before (measured).
    private const long TrainingBytes = 48L << 20;

    private const int BytesOfRememberedRow = 2 * sizeof(float) + sizeof(bool);

    private readonly IReadOnlyList<WeightShape> _weights = shape.Weights;
    private readonly ActivationBytes _perToken = shape.Activations();

    private long Size => shape.Type.ElementSize();

    private long Hidden => shape.Model.HiddenSize * Size;

    private long Vocabulary => shape.Model.VocabularySize * Size;

    private bool TrainsWeights => shape.Adapter is null;

    private bool IsHeadTrained => TrainsWeights || _weights.Any(weight => weight.Kind == WeightKind.Head && shape.RankOf(weight) > 0);

    private long WeightTotal => WeightBytes.Of(shape).Total;

    private long AdapterTotal => TrainsWeights ? 0 : shape.TrainedBytes;

    private long TableBytes => shape.Model.VocabularySize * Hidden;

    // The embedding's gradient comes as a whole table, and a tied one is added to the head's in a third.
    private long EmbeddingGradients => TrainsWeights ? TableBytes * (shape.Model.TieWordEmbeddings ? 2 : 1) : 0;

    private long GradientTotal => TrainsWeights ? WeightTotal : AdapterTotal;

    /// <summary>The plan for a largest micro-batch.</summary>
    /// <param name="tokens">Its packed tokens.</param>
    /// <param name="scored">Its scored tokens.</param>
    /// <param name="recomputes">Whether layers keep their inputs alone (<c>gradient_checkpointing</c>).</param>
    public MemoryPlan Plan(long tokens, long scored, bool recomputes)
    {
        var peak = Phases(tokens, scored, recomputes).Select(phase => phase with { Working = phase.Working + Decoded }).MaxBy(phase => phase.Total);
        return new MemoryPlan
        {
            WeightBytes = WeightTotal,
            AdapterBytes = AdapterTotal,
            OptimizerStateBytes = OptimizerMemory.StateBytes(shape),
            ReferenceBytes = (shape.SecondModel is { } second ? WeightBytes.Of(shape with { Model = second }).Total : 0) + (shape.FreezesAdapter ? AdapterTotal : 0) + shape.RememberedRows * BytesOfRememberedRow,
            GradientBytes = GradientTotal + EmbeddingGradients,
            ActivationBytes = peak.Activations,
            WorkingBytes = peak.Working,
            SlackBytes = SlabMemory.SlabBytes / 2 + (long)(Gaps * peak.Total),
            ProcessBytes = shape.ProcessBytes + TrainingBytes,
        };
    }

    /// <summary>The most that a step lends from the slabs, without their gaps.</summary>
    /// <inheritdoc cref="Plan"/>
    internal long StepBytes(long tokens, long scored, bool recomputes) => Phases(tokens, scored, recomputes).Max(phase => phase.Total);

    /// <summary>The most rows of a micro-batch that fit.</summary>
    /// <param name="rows">Packed and scored tokens of each row.</param>
    /// <param name="available">What the process can hold.</param>
    /// <param name="recomputes">Whether layers keep their inputs alone.</param>
    /// <returns>0 where not even the longest row fits.</returns>
    public int MostRows(IReadOnlyList<RowSize> rows, long available, bool recomputes)
    {
        var longest = rows.OrderByDescending(row => row.Tokens).ToArray();
        int fitting = 0;
        long tokens = 0, scored = 0;
        foreach (var row in longest)
        {
            (tokens, scored) = (tokens + row.Tokens, scored + row.Scored);
            if (!Plan(tokens, scored, recomputes).FitsInto(available)) break;
            fitting++;
        }
        return fitting;
    }

    /// <summary>The most packed tokens of a micro-batch that fit, all of them scored.</summary>
    /// <param name="available">What the process can hold.</param>
    /// <param name="recomputes">Whether layers keep their inputs alone.</param>
    public long MostTokens(long available, bool recomputes)
    {
        long fitting = 0, beyond = 1;
        bool Fits(long tokens) => Plan(tokens, tokens, recomputes).FitsInto(available);
        while (beyond < int.MaxValue && Fits(beyond)) (fitting, beyond) = (beyond, 2 * beyond);
        while (beyond - fitting > 1)
        {
            var middle = (fitting + beyond) / 2;
            if (Fits(middle)) fitting = middle;
            else beyond = middle;
        }
        return fitting;
    }

    // What the step lends from the slabs. The slabs stay with the process, so that gradients, which libtorch copies into memory of its own, come on top.
    private IEnumerable<Phase> Phases(long tokens, long scored, bool recomputes)
    {
        long kept = tokens * _perToken.Recorded(recomputes), chunk = Math.Min(scored, LogProbHead.ChunkRows) * (Vocabulary + 2 * Hidden);
        // What a frozen head leaves: the gradient of each scored token's hidden state.
        var slopes = IsHeadTrained ? 0 : scored * Hidden;
        // The head's forward pass.
        yield return new Phase(kept + slopes, chunk);
        // The reference's pass, in which all that the policy keeps is there.
        if (shape.AsksReference) yield return new Phase(kept + slopes, Math.Max(tokens * _perToken.Inference, tokens * Hidden + chunk));
        // The head's backward pass: a chunk's gradient of the weight beside their sum.
        yield return new Phase(kept + slopes, tokens * Hidden + (IsHeadTrained ? chunk : 0) + (TrainsWeights ? 2 * TableBytes : 0));
        // The last layer's backward pass.
        var ofMatrix = TrainsWeights ? _weights.Where(weight => weight.Kind == WeightKind.Projection).Max(weight => weight.Elements) * Size : 0;
        yield return new Phase(kept - tokens * _perToken.Ends, tokens * _perToken.Working(recomputes) + ofMatrix);
        // Loading: a tensor of the file beside the model, whose memory is then the step's to use; of those that are quantised a stretch.
        yield return new Phase(0, shape.FourBit is null ? _weights.Max(weight => weight.Elements) * Size : FourBitTensors.StretchElements * 2 * Size);
    }

    // Products other than bfloat16's decode a 4-bit matrix whole.
    private long Decoded => _weights.Where(shape.IsFourBit).Select(weight => weight.Elements * Size).DefaultIfEmpty(0).Max() * (shape.Type == torch.ScalarType.BFloat16 ? 0 : 1);

    private readonly record struct Phase(long Activations, long Working)
    {
        public long Total => Activations + Working;
    }
}
