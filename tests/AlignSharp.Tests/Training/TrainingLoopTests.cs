using AlignSharp.Adapters.Lora;
using AlignSharp.Data.Faults;
using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Generation;
using AlignSharp.Objectives;
using AlignSharp.Tensors;
using AlignSharp.Testing;
using AlignSharp.Tracking;
using AlignSharp.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Training;

[Collection(ProcessWide.Name)]
public class TrainingLoopTests
{
    [Fact]
    public void Eight_micro_batches_of_one_equal_one_of_eight()
    {
        var pairs = TinyPairs.Create(16, seed: 2);
        using TinyRun small = new(), large = new();
        small.Train(pairs, batchSize: 1, accumulation: 8, steps: 6);
        large.Train(pairs, batchSize: 8, accumulation: 1, steps: 6);
        foreach (var (one, other) in small.Tracker.Steps.Zip(large.Tracker.Steps))
        {
            Assert.Equal(one.Batch.Loss, other.Batch.Loss, 2e-6);
            Assert.Equal(one.GradNorm, other.GradNorm, 1e-5 * other.GradNorm);
            Assert.Equal(one.NumTokens, other.NumTokens);
        }
        AssertNear(small.Values(), large.Values(), 2e-5);
    }

    [Fact]
    public void Accumulated_sequences_equal_one_large_batch_token_by_token()
    {
        var sequences = Sequences(8);
        using TinyRun small = new(), large = new();
        Supervised(small, sequences, batchSize: 2, accumulation: 4, steps: 4);
        Supervised(large, sequences, batchSize: 8, accumulation: 1, steps: 4);
        foreach (var (one, other) in small.Tracker.Steps.Zip(large.Tracker.Steps)) Assert.Equal(one.GradNorm, other.GradNorm, 1e-5 * other.GradNorm);
        AssertNear(small.Values(), large.Values(), 2e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void The_same_seed_gives_the_same_bits(double dropout)
    {
        float[] Run(long seed)
        {
            random.manual_seed(seed);
            using var run = new TinyRun(dropout);
            run.Train(TinyPairs.Create(6, seed: 3), 2, 2, 5);
            return [.. run.Values(), .. run.Tracker.Steps.Select(s => (float)s.Batch.Loss)];
        }
        Assert.Equal(Run(1), Run(1));
        if (dropout > 0) Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void A_frozen_reference_stays_put_while_the_policy_trains()
    {
        var pairs = TinyPairs.Create(4, seed: 4);
        using var run = new TinyRun(reference: AdapterUse.Reference);
        using var batch = new TokenBatch(Packer.Pack(pairs), CPU);
        float[] Reference()
        {
            using var scope = NewDisposeScope();
            return new AdapterReference(run.Model, run.Adapter, AdapterUse.Reference).Logps(batch, [0, 1, 2, 3]).Chosen.data<float>().ToArray();
        }
        var (before, weights) = (Reference(), run.Values());
        run.Train(pairs, 4, 1, 5);
        Assert.Equal(before, Reference());
        Assert.NotEqual(weights, run.Values());
        Assert.Equal(Math.Log(2), run.Tracker.Steps[0].Batch.Loss, 1e-6);
        Assert.InRange(run.Tracker.Steps[^1].Batch.Loss, 0, 0.69);
    }

    [Fact]
    public void No_tensor_is_left_behind_by_steps_evaluations_and_generation()
    {
        var pairs = TinyPairs.Create(12, seed: 6);
        using var run = new TinyRun(dropout: 0.1, reference: AdapterUse.Reference);
        var remembered = new PreferencePass(run.Model, new RememberedReference(new AdapterReference(run.Model, run.Adapter, AdapterUse.Reference), pairs.Count), new SigmoidObjective());
        var evaluator = new PairEvaluator(remembered, pairs, 5);
        var generator = new TextGenerator(run.Model, [2]);
        BatchMetrics Evaluate(CancellationToken cancellation)
        {
            generator.Generate([[5, 6, 7], [9]], new SamplingOptions { MaxNewTokens = 4 }, cancellation: cancellation);
            return evaluator.Evaluate(cancellation);
        }
        var live = new List<long>();
        void Count(TrainingProgress progress) => live.Add(LeakCheck.LiveTensors);
        var plan = new UpdatePlan(new RandomOrder(pairs.Count, 1), pairs.Count, 2, 2, 1, 23);
        run.Loop(new PreferenceTask(remembered, pairs), plan, evaluationSteps: 1, Evaluate, Count).Run(TestContext.Current.CancellationToken);
        run.Loop(new SupervisedTask(run.Model, Sequences(12), new NegativeLogLikelihood()), plan, save: Count).Run(TestContext.Current.CancellationToken);
        Assert.Equal(46, live.Count);
        Assert.All(live.Skip(3), count => Assert.Equal(live[3], count));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_before_the_update_and_names_the_rows()
    {
        using var run = new TinyRun();
        using (no_grad()) run.Model.state_dict()["model.norm.weight"].fill_(float.NaN);
        var before = run.Values();
        var message = Assert.Throws<DivergenceException>(() => run.Train(TinyPairs.Create(4, seed: 7), 2, 1, 2)).Message;
        Assert.Contains("step 1: the loss is NaN on pairs.jsonl:1, pairs.jsonl:2;", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(before, run.Values());
    }

    [Fact]
    public void A_gradient_that_is_not_finite_stops_the_run_before_the_update_and_names_the_rows()
    {
        using var run = new TinyRun();
        var before = run.Values();
        var loop = run.Loop(new BadGradientTask(run), new UpdatePlan(new SequentialOrder(4), 4, 1, 2, 1, 2));
        var message = Assert.Throws<DivergenceException>(() => loop.Run(TestContext.Current.CancellationToken)).Message;
        Assert.Contains("step 1: the gradient norm is NaN on row 0, row 1;", message, StringComparison.Ordinal);
        Assert.Equal(before, run.Values());
        Assert.Equal(0, loop.Step);
    }

    [Fact]
    public void A_run_stops_between_updates_when_asked()
    {
        using var run = new TinyRun();
        using var stop = new CancellationTokenSource();
        var pairs = TinyPairs.Create(4, seed: 7);
        var loop = run.Loop(new PreferenceTask(run.Pass, pairs), new UpdatePlan(new SequentialOrder(4), 4, 1, 1, 9, null), save: progress =>
        {
            if (progress.Step == 3) stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => loop.Run(stop.Token));
        Assert.Equal(3, loop.Step);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    public void The_batch_size_of_an_evaluation_does_not_change_its_figures_of_pairs(int batchSize)
    {
        var pairs = TinyPairs.Create(12, seed: 8);
        using var run = new TinyRun(dropout: 0.5);
        var expected = new PairEvaluator(run.Pass, pairs, 3).Evaluate(TestContext.Current.CancellationToken).Named().ToDictionary();
        foreach (var (key, value) in new PairEvaluator(run.Pass, pairs, batchSize).Evaluate(TestContext.Current.CancellationToken).Named())
            if (key is not ("entropy" or "mean_token_accuracy") && !key.StartsWith("logits/", StringComparison.Ordinal)) Assert.Equal(expected[key], value, 1e-4);
        Assert.True(run.Model.training);
    }

    private static void Supervised(TinyRun run, SequenceGroup[] sequences, int batchSize, int accumulation, int steps) =>
        run.Loop(new SupervisedTask(run.Model, sequences, new NegativeLogLikelihood()), new UpdatePlan(new SequentialOrder(sequences.Length), sequences.Length, batchSize, accumulation, 1, steps)).Run();

    private static SequenceGroup[] Sequences(int count) => [.. TinyPairs.Create(count, seed: 9).Select(TinyPairs.ChosenSequence).Select(sequence => new SequenceGroup([sequence]))];

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
    {
        foreach (var (one, other) in expected.Zip(actual)) Assert.Equal(one, other, tolerance);
    }

    private sealed class BadGradientTask(TinyRun run) : ITrainingTask
    {
        public int Rows => 1;

        public string RowsAre => "pairs";

        public BatchMetrics Accumulate(TrainingUpdate update, int microBatch)
        {
            foreach (var parameter in run.Adapter.Parameters) parameter.grad = full_like(parameter.detach(), float.NaN);
            return new BatchMetrics { Loss = 1, Entropy = 0, MeanTokenAccuracy = 0 };
        }

        public long SequenceTokens(IEnumerable<int> rows) => 0;

        public long PackedTokens(IEnumerable<int> rows) => 0;

        public long LossTerms(IEnumerable<int> rows) => 1;

        public string NameRow(int row) => $"row {row}";
    }
}
