using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using AlignSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Training;

public class SupervisedTaskTests
{
    [Theory]
    [InlineData(TokenCount.Shifted, true)]
    [InlineData(TokenCount.Unshifted, true)]
    [InlineData(TokenCount.MeanOfMeans, false)]
    public void Accumulating_unequal_lengths_is_a_large_batch_unless_means_are_averaged(TokenCount count, bool isEqual)
    {
        var rows = Rows(12);
        using TinyRun accumulated = new(), large = new();
        Train(accumulated, rows, 2, 3, count);
        Train(large, rows, 6, 1, count);
        var difference = accumulated.Values().Zip(large.Values()).Max(pair => Math.Abs(pair.First - pair.Second));
        if (isEqual) Assert.InRange(difference, 0, 2e-6);
        else Assert.InRange(difference, 1e-5, 1);
        foreach (var (one, other) in accumulated.Tracker.Steps.Zip(large.Tracker.Steps))
            if (isEqual) Assert.Equal(other.Batch.Loss, one.Batch.Loss, 1e-5);
    }

    [Fact]
    public void Packed_sequences_train_as_separate_ones()
    {
        var sequences = TinyPairs.Create(16, seed: 31).Select(TinyPairs.ChosenSequence).ToArray();
        var separate = SequencePacking.Pack(sequences, PackingStrategy.None, 64);
        var packed = SequencePacking.Pack(sequences, PackingStrategy.BestFit, 64);
        Assert.InRange(packed.Count, 2, 9);
        using TinyRun one = new(), other = new();
        // All rows are one update, so that both see the same sequences.
        Train(one, separate, separate.Count, 1, TokenCount.Shifted, steps: 6);
        Train(other, packed, packed.Count, 1, TokenCount.Shifted, steps: 6);
        foreach (var (expected, found) in one.Values().Zip(other.Values())) Assert.Equal(expected, found, 1e-5);
    }

    [Fact]
    public void Unshifted_divides_by_first_labels_too()
    {
        SequenceGroup[] rows = [new([new TokenizedSequence([5, 6, 7, 8], [true, true, true, true], TinyPairs.Create(1, 1)[0].Source)])];
        double Loss(TokenCount count)
        {
            using var run = new TinyRun();
            Train(run, rows, 1, 1, count, steps: 1);
            return run.Tracker.Steps.Single().Batch.Loss;
        }
        Assert.Equal(Loss(TokenCount.Shifted) * 3 / 4, Loss(TokenCount.Unshifted), 1e-6);
    }

    [Fact]
    public void An_evaluation_is_a_mean_over_tokens_whatever_the_batches_and_gives_the_perplexity()
    {
        var rows = Rows(11);
        using var run = new TinyRun(dropout: 0.3);
        run.Model.EmbeddingNoise = 5;
        var expected = new SequenceEvaluator(run.Model, rows, new NegativeLogLikelihood(), 11).Evaluate(TestContext.Current.CancellationToken);
        foreach (var batchSize in new[] { 1, 4 })
            Assert.Equal(expected.Loss, new SequenceEvaluator(run.Model, rows, new NegativeLogLikelihood(), batchSize).Evaluate(TestContext.Current.CancellationToken).Loss, 1e-5);
        Assert.True(run.Model.training);
        var named = new AlignSharp.Tracking.EvaluationMetrics { Step = 1, Epoch = 1, Batch = expected, Runtime = 1 }.Named().ToDictionary();
        Assert.Equal(Math.Exp(expected.Loss), named["eval_perplexity"], 1e-9);
        Assert.DoesNotContain("eval_perplexity", new AlignSharp.Tracking.EvaluationMetrics { Step = 1, Epoch = 1, Batch = expected with { IsCrossEntropy = false }, Runtime = 1 }.Named().ToDictionary().Keys);
    }

    [Fact]
    public void Dynamic_fine_tuning_weighs_a_token_by_its_probability_without_gradient_through_it()
    {
        using var scope = NewDisposeScope();
        var logps = tensor(new[] { -0.1f, -2f, -7f }).requires_grad_(true);
        var losses = new DynamicFineTuning().Losses(logps);
        double[] values = [-0.1, -2, -7];
        foreach (var (logp, found) in values.Zip(losses.data<float>().ToArray())) Assert.Equal(-Math.Exp(logp) * logp, found, 1e-6);
        losses.sum().backward();
        foreach (var (logp, found) in values.Zip(logps.grad!.data<float>().ToArray())) Assert.Equal(-Math.Exp(logp), found, 1e-6);
    }

    [Fact]
    public void Noise_stays_within_its_bound_depends_on_the_sequence_and_acts_in_training_only()
    {
        var rows = Rows(3);
        using var run = new TinyRun();
        using var noGradient = no_grad();
        using var batch = new TokenBatch(Packer.Pack([.. rows.SelectMany(row => row.Sequences)]), CPU);
        double Logp() => run.Model.Score(batch).Sequences.Sum.sum().item<float>();
        run.Model.train();
        var plain = Logp();
        run.Model.EmbeddingNoise = 15;
        Assert.NotEqual(plain, Logp(), 1e-3);
        run.Model.eval();
        Assert.Equal(plain, Logp(), 1e-4);

        using var scope = NewDisposeScope();
        var noise = UniformNoise.Like(zeros(4, 1000), tensor(new long[] { 1, 4, 16, 64 }), alpha: 10);
        var largest = noise.abs().amax([1]).data<float>().ToArray();
        foreach (var (found, length) in largest.Zip([1, 4, 16, 64]))
        {
            var bound = 10 / Math.Sqrt(length * 1000.0);
            Assert.InRange(found, 0.97 * bound, bound);
        }
        Assert.InRange(noise.mean().item<float>(), -0.01, 0.01);
    }

    private static SequenceGroup[] Rows(int count) => [.. TinyPairs.Create(count, seed: 9).Select(TinyPairs.ChosenSequence).Select(sequence => new SequenceGroup([sequence]))];

    private static void Train(TinyRun run, IReadOnlyList<SequenceGroup> rows, int batchSize, int accumulation, TokenCount count, int steps = 4) =>
        run.Loop(new SupervisedTask(run.Model, rows, new NegativeLogLikelihood(), count), new UpdatePlan(new SequentialOrder(rows.Count), rows.Count, batchSize, accumulation, 1, steps)).Run();
}
