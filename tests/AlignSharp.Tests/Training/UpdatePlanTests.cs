using AlignSharp.Training;
using Xunit;

namespace AlignSharp.Tests.Training;

public class UpdatePlanTests
{
    [Fact]
    public void The_last_group_of_an_epoch_may_be_smaller_and_still_updates()
    {
        var plan = new UpdatePlan(new SequentialOrder(7), rows: 7, batchSize: 2, accumulation: 3, epochs: 2, maxSteps: null);
        Assert.Equal((4, 2, 4), (plan.MicroBatchesPerEpoch, plan.UpdatesPerEpoch, plan.TotalSteps));
        var updates = plan.Updates().ToArray();
        Assert.Equal([[0, 1], [2, 3], [4, 5]], updates[0].MicroBatches);
        Assert.Equal([[6]], updates[1].MicroBatches);
        Assert.Equal([0.75, 1, 1.75, 2], updates.Select(u => u.Epoch));
        Assert.Equal([6, 1, 6, 1], updates.Select(u => u.RowCount));
    }

    [Fact]
    public void Dropping_leaves_incomplete_micro_batches_out()
    {
        var plan = new UpdatePlan(new SequentialOrder(7), rows: 7, batchSize: 2, accumulation: 2, epochs: 1, maxSteps: null, dropLast: true);
        Assert.Equal([0, 1, 2, 3, 4, 5], plan.Updates().SelectMany(u => u.MicroBatches.SelectMany(m => m)));
        Assert.Equal(1, plan.Updates().Last().Epoch);
        Assert.Equal(0, new UpdatePlan(new SequentialOrder(1), 1, 2, 1, 1, null, dropLast: true).MicroBatchesPerEpoch);
    }

    [Theory]
    [InlineData(0.5, 5)] // of ten updates
    [InlineData(0.05, 1)]
    [InlineData(1.25, 13)]
    public void A_fraction_of_an_epoch_is_rounded_up_to_an_update(double epochs, int steps)
    {
        var plan = new UpdatePlan(new SequentialOrder(10), 10, 1, 1, epochs, null);
        Assert.Equal(steps, plan.TotalSteps);
        Assert.Equal(steps, plan.Updates().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    public void A_number_of_steps_wins_over_epochs(int steps)
    {
        var updates = new UpdatePlan(new SequentialOrder(5), 5, 2, 1, epochs: 1, maxSteps: steps).Updates().ToArray();
        Assert.Equal(steps, updates.Length);
        Assert.Equal(steps / 3.0, updates[^1].Epoch, 1e-12);
    }

    [Fact]
    public void Each_epoch_has_an_order_of_its_own()
    {
        var epochs = new UpdatePlan(new RandomOrder(50, 1), 50, 50, 1, 2, null).Updates().Select(u => u.MicroBatches[0]).ToArray();
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal(epochs[0].Order(), epochs[1].Order());
    }
}
