using AlignSharp.Benchmarks.Step;
using Xunit;

namespace AlignSharp.Acceptance.Benchmarks;

/// <summary>That the baseline computes what the engine computes: else a ratio to it would mean nothing.</summary>
public class EagerStepTests
{
    // Both start from equal weights and train copies of one adapter, so a difference in any update would show in the losses that follow.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Baseline_and_engine_have_the_same_losses_over_many_updates(bool referenceKnown)
    {
        var rounds = StepContest.Rounds(TinyStep.Shape with { ReferenceKnown = referenceKnown });
        Assert.All(rounds, round => Assert.Equal(round.BaselineLoss, round.OurLoss, Tolerance));
        // The losses say something: the adapter moves them away from where policy and reference are equal.
        Assert.True(rounds.Max(round => Math.Abs(round.OurLoss - Math.Log(2))) > 100 * Tolerance);
    }

    [Fact]
    public void The_batches_depend_on_the_seed_and_the_step_alone()
    {
        int[][] Ids(StepShape shape, int step) => [.. RandomPairs.Batch(shape, step).SelectMany(pair => new[] { pair.PromptIds, pair.ChosenIds, pair.RejectedIds })];
        Assert.Equal(Ids(TinyStep.Shape, 1), Ids(TinyStep.Shape with { Steps = 1, Rank = 1 }, 1));
        Assert.NotEqual(Ids(TinyStep.Shape, 1), Ids(TinyStep.Shape, 2));
        Assert.NotEqual(Ids(TinyStep.Shape, 1), Ids(TinyStep.Shape with { Seed = 2 }, 1));
        Assert.All(RandomPairs.All(TinyStep.Shape), pair => Assert.InRange(pair.PromptIds.Length, 2, 9));
    }
}
