using AlignSharp.Data.Pairs;
using AlignSharp.Evaluation;
using AlignSharp.Objectives;
using AlignSharp.Testing;
using AlignSharp.Training;
using Xunit;

namespace AlignSharp.Tests.Training;

public class MicroBatchingTests
{
    [Fact]
    public void A_budget_divides_the_rows_of_an_update_and_keeps_their_order_inside_a_micro_batch()
    {
        int[] tokens = [3, 9, 4, 20, 1, 6];
        var batching = new BudgetedMicroBatches(row => tokens[row], maxTokens: 10);
        Assert.Equal([[3], [4, 1], [5, 2]], batching.Divide([5, 3, 4, 1, 2]));
    }

    [Fact]
    public void Counted_micro_batches_weigh_alike_and_those_of_a_budget_by_the_terms_of_their_loss()
    {
        Assert.Equal(1, new CountedMicroBatches(2).Weight(7));
        Assert.Equal(7, new BudgetedMicroBatches(_ => 1, 2).Weight(7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_updates_of_a_run_hold_the_same_rows_with_every_budget(bool dropLast)
    {
        var random = new Random(4);
        int[] tokens = [.. Enumerable.Range(0, 43).Select(_ => random.Next(1, 50))];
        IRowOrder order = new GroupByLengthOrder(tokens, batchRows: 12, new RandomOrder(tokens.Length, 7));
        UpdatePlan Plan() => new(order, tokens.Length, batchSize: 4, accumulation: 3, epochs: 2.5, maxSteps: null, dropLast);
        var counted = Plan().Updates().ToArray();
        foreach (var maxTokens in new[] { 1, 20, 90, 100_000 })
        {
            var budgeted = new UpdatePlan(order, tokens.Length, 4, 3, 2.5, null, dropLast) { MicroBatching = new BudgetedMicroBatches(row => tokens[row], maxTokens) }.Updates().ToArray();
            Assert.Equal(counted.Select(update => update.Epoch), budgeted.Select(update => update.Epoch));
            foreach (var (one, other) in counted.Zip(budgeted))
                Assert.Equal(one.MicroBatches.SelectMany(rows => rows).Order(), other.MicroBatches.SelectMany(rows => rows).Order());
            Assert.All(budgeted.SelectMany(update => update.MicroBatches), rows => Assert.True(rows.Length == 1 || rows.Sum(row => tokens[row]) <= maxTokens));
        }
    }

    [Theory]
    [InlineData(1)] // each pair alone
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(100_000)] // all in one
    public void However_pairs_are_packed_together_a_run_is_the_run_of_one_large_batch(int maxTokens)
    {
        var pairs = TinyPairs.Create(21, seed: 12, longest: 15);
        using TinyRun budgeted = new(), large = new();
        Train(budgeted, new PreferenceTask(budgeted.Pass, pairs), new BudgetedMicroBatches(row => pairs[row].PackedTokens, maxTokens));
        Train(large, new PreferenceTask(large.Pass, pairs), new CountedMicroBatches(8));
        AssertSame(budgeted, large);
        foreach (var (one, other) in budgeted.Tracker.Steps.Zip(large.Tracker.Steps))
        {
            var (found, expected) = (one.Batch.Preference!, other.Batch.Preference!);
            Assert.Equal(expected.RewardsMargins, found.RewardsMargins, 1e-5);
            Assert.Equal(expected.RewardsAccuracies, found.RewardsAccuracies, 1e-6);
            Assert.Equal(expected.LogpsChosen, found.LogpsChosen, 1e-5 * Math.Abs(expected.LogpsChosen));
            Assert.Equal(expected.LogpsRejected, found.LogpsRejected, 1e-5 * Math.Abs(expected.LogpsRejected));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(25)]
    [InlineData(60)]
    public void However_sequences_are_packed_together_a_run_is_the_run_of_one_large_batch(int maxTokens)
    {
        SequenceGroup[] sequences = [.. TinyPairs.Create(21, seed: 13, longest: 15).Select(TinyPairs.ChosenSequence).Select(sequence => new SequenceGroup([sequence]))];
        var objective = new NegativeLogLikelihood();
        using TinyRun budgeted = new(), large = new();
        Train(budgeted, new SupervisedTask(budgeted.Model, sequences, objective), new BudgetedMicroBatches(row => sequences[row].Tokens, maxTokens));
        Train(large, new SupervisedTask(large.Model, sequences, objective), new CountedMicroBatches(8));
        AssertSame(budgeted, large);
        foreach (var (one, other) in budgeted.Tracker.Steps.Zip(large.Tracker.Steps))
        {
            Assert.Equal(other.Batch.Entropy, one.Batch.Entropy, 1e-5);
            Assert.Equal(other.Batch.MeanTokenAccuracy, one.Batch.MeanTokenAccuracy, 1e-6);
        }
    }

    [Fact]
    public void A_micro_batch_of_two_pairs_counts_twice_in_the_logged_loss_of_a_budget_and_once_without()
    {
        var pairs = TinyPairs.Create(3, seed: 14);
        using var run = new TinyRun();
        double Logged(IMicroBatching batching)
        {
            run.Tracker.Steps.Clear();
            run.Loop(new PreferenceTask(run.Pass, pairs), new UpdatePlan(new SequentialOrder(3), 3, 3, 1, 1, null) { MicroBatching = batching }, learningRate: 0).Run();
            return run.Tracker.Steps.Single().Batch.Loss;
        }
        double Alone(params int[] rows) => new PairEvaluator(run.Pass, [.. rows.Select(row => pairs[row])], rows.Length).Evaluate().Loss;
        Assert.NotEqual(Alone(0, 1), Alone(2), 1e-3);
        Assert.Equal((Alone(0, 1) + Alone(2)) / 2, Logged(new CountedMicroBatches(2)), 1e-6);
        Assert.Equal((2 * Alone(0, 1) + Alone(2)) / 3, Logged(new BudgetedMicroBatches(row => row < 2 ? 1 : 2, maxTokens: 2)), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void An_evaluation_within_a_budget_has_the_same_figures_of_pairs(int maxTokens)
    {
        var pairs = TinyPairs.Create(12, seed: 8);
        using var run = new TinyRun();
        var expected = new PairEvaluator(run.Pass, pairs, 12).Evaluate();
        var found = new PairEvaluator(run.Pass, pairs, 5, maxTokens).Evaluate();
        Assert.Equal(expected.Loss, found.Loss, 1e-5);
        Assert.Equal(expected.Preference!.RewardsMargins, found.Preference!.RewardsMargins, 1e-5);
    }

    private static void Train(TinyRun run, ITrainingTask task, IMicroBatching batching) =>
        run.Loop(task, new UpdatePlan(new RandomOrder(21, 3), rows: 21, batchSize: 8, accumulation: 1, epochs: 3, maxSteps: null) { MicroBatching = batching }).Run();

    private static void AssertSame(TinyRun found, TinyRun expected)
    {
        Assert.Equal(expected.Tracker.Steps.Count, found.Tracker.Steps.Count);
        foreach (var (one, other) in found.Tracker.Steps.Zip(expected.Tracker.Steps))
        {
            Assert.Equal(other.Batch.Loss, one.Batch.Loss, 1e-5);
            Assert.Equal(other.GradNorm, one.GradNorm, 1e-5 * Math.Max(1, other.GradNorm));
            Assert.Equal((other.Epoch, other.NumTokens), (one.Epoch, one.NumTokens));
        }
        foreach (var (one, other) in found.Values().Zip(expected.Values())) Assert.Equal(other, one, 1e-5);
    }
}
