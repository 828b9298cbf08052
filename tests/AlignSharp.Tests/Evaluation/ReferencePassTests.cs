using AlignSharp.Adapters.Lora;
using AlignSharp.Evaluation;
using AlignSharp.Models;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;

namespace AlignSharp.Tests.Evaluation;

public class ReferencePassTests
{
    [Fact]
    public void Every_row_is_asked_once_in_order_and_the_first_batch_alone_gives_the_same_numbers()
    {
        using var reference = new TinyReference();
        var all = reference.Pass().All(TestContext.Current.CancellationToken);
        Assert.Equal(3, reference.Calls);
        Assert.Equal(reference.Pairs.Count, all.Rows);
        var first = reference.Pass().FirstBatch();
        Assert.Equal(4, reference.Calls);
        Assert.Equal(all.Chosen.Take(TinyReference.BatchSize), first.Chosen);
        Assert.Equal(all.Rejected.Take(TinyReference.BatchSize), first.Rejected);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.BFloat16)]
    [InlineData(torch.ScalarType.Float16)]
    public void Batches_of_another_size_differ_by_less_than_the_tolerance_and_another_model_by_more(torch.ScalarType type)
    {
        using var reference = new TinyReference(type: type);
        using var stranger = new TinyReference(seed: 6, type);
        var all = reference.Pass().All();
        var tolerance = ReferenceCache.Tolerance(type);
        foreach (var size in new[] { 1, 3, 10 }) Assert.True(Distance(all, reference.Pass(size).All()) <= tolerance);
        Assert.True(Distance(all, stranger.Pass().All()) > tolerance);
    }

    [Fact]
    public void Dropout_is_off_meanwhile_and_on_again_afterwards()
    {
        var adapter = new LoraAdapter(new LoraOptions { Rank = 3, Alpha = 6, Dropout = 0.5, Targets = new AllLinearTargets() });
        using var model = TinyLlama.Create(TinyLlama.Config, 5, adapter.Around(DenseProjection.Create));
        adapter.Initialize(5);
        foreach (var weights in adapter.Weights)
            using (torch.no_grad()) weights.B.fill_(0.1);
        adapter.FreezeReference();
        model.train();
        var pass = new ReferencePass(model, new AdapterReference(model, adapter, AdapterUse.Reference), TinyPairs.Create(4, seed: 3), 2);
        Assert.Equal(pass.All().Chosen, pass.All().Chosen);
        Assert.True(model.training);
    }

    [Fact]
    public void A_filled_memory_never_asks_its_source()
    {
        using var reference = new TinyReference();
        var memory = new RememberedReference(reference, reference.Pairs.Count);
        var all = reference.Pass().All();
        memory.Remember(all);
        var asked = reference.Calls;
        var recalled = new ReferencePass(reference.Model, memory, reference.Pairs, 3).All();
        Assert.Equal(asked, reference.Calls);
        Assert.Equal(all.Chosen, recalled.Chosen);
        Assert.Equal(all.Rejected, recalled.Rejected);
        Assert.Throws<ArgumentException>(() => memory.Remember(reference.Pass().FirstBatch()));
    }

    // As the cache measures it: relative to the size, absolute below 1.
    private static double Distance(ReferenceLogps one, ReferenceLogps other) =>
        one.Chosen.Concat(one.Rejected).Zip(other.Chosen.Concat(other.Rejected)).Max(pair => Math.Abs((double)pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second)));
}
