using AlignSharp.Data.Pairs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlignSharp.Benchmarks.Step;

/// <summary>
/// The baseline: a DPO step as transformers, PEFT and TRL compute it, in plain operators of the same libtorch. A padded batch of all
/// chosen and then all rejected sequences, logits of every position, log-softmax, gather, autograd, AdamW.
/// </summary>
internal sealed class EagerStep : IStep
{
    private readonly StepShape _shape;
    private readonly EagerLlama _model;
    private readonly optim.Optimizer _optimizer;

    /// <summary>Takes the base of a model and a copy of its adapter.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="model">The model; only read, stays the caller's.</param>
    public EagerStep(StepShape shape, StepModel model)
    {
        _shape = shape;
        _model = new EagerLlama(model);
        _optimizer = optim.AdamW(_model.Adapters, lr: shape.LearningRate, weight_decay: 0);
    }

    /// <inheritdoc/>
    public double Run(int step)
    {
        using var scope = NewDisposeScope();
        var batch = PaddedBatch.Of(RandomPairs.Batch(_shape, step));
        Tensor reference;
        using (no_grad()) reference = Logps(batch, adapted: false);
        var logratios = Logps(batch, adapted: true) - reference; // [2 pairs]
        var margins = logratios.narrow(0, 0, _shape.Pairs) - logratios.narrow(0, _shape.Pairs, _shape.Pairs);
        var loss = -F.logsigmoid(margins * StepShape.Beta).mean();
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    // Summed log-probability of each sequence's completion, [2 pairs].
    private Tensor Logps(PaddedBatch batch, bool adapted)
    {
        using var scope = NewDisposeScope();
        var predicting = batch.Ids.shape[1] - 1;
        var logits = _model.Logits(batch.Ids, batch.Mask, adapted); // [rows, longest, vocabulary]
        var all = F.log_softmax(logits.narrow(1, 0, predicting), -1);
        var logps = all.gather(2, batch.Ids.narrow(1, 1, predicting).unsqueeze(-1)).squeeze(-1);
        return (logps.to(ScalarType.Float32) * batch.Scored.narrow(1, 1, predicting)).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Right-padded sequences; the tensors belong to the scope in which they were made.</summary>
    /// <param name="Ids">int64 <c>[rows, longest]</c>.</param>
    /// <param name="Scored">float32 <c>[rows, longest]</c>: 1 on completions.</param>
    /// <param name="Mask">bool <c>[rows, 1, longest, longest]</c>, true where a query sees a key; null when no row is padded.</param>
    private readonly record struct PaddedBatch(Tensor Ids, Tensor Scored, Tensor? Mask)
    {
        public static PaddedBatch Of(TokenizedPair[] pairs)
        {
            (int[] Prompt, int[] Completion)[] rows = [.. pairs.Select(p => (p.PromptIds, p.ChosenIds)), .. pairs.Select(p => (p.PromptIds, p.RejectedIds))];
            var lengths = Array.ConvertAll(rows, row => row.Prompt.Length + row.Completion.Length);
            var longest = lengths.Max();
            var ids = new long[rows.Length, longest];
            var scored = new float[rows.Length, longest];
            for (var r = 0; r < rows.Length; r++)
            {
                var (prompt, completion) = rows[r];
                for (var t = 0; t < lengths[r]; t++) ids[r, t] = t < prompt.Length ? prompt[t] : completion[t - prompt.Length];
                for (var t = prompt.Length; t < lengths[r]; t++) scored[r, t] = 1;
            }
            return new PaddedBatch(tensor(ids), tensor(scored), lengths.All(length => length == longest) ? null : MaskOf(lengths, longest));
        }

        private static Tensor MaskOf(int[] lengths, int longest)
        {
            var isToken = arange(longest).unsqueeze(0) < tensor(lengths).unsqueeze(1); // [rows, longest]
            return ones(longest, longest, dtype: ScalarType.Bool).tril() & isToken.view(lengths.Length, 1, 1, longest);
        }
    }
}
