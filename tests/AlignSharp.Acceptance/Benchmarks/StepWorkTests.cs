using AlignSharp.Benchmarks.Shapes;
using AlignSharp.Benchmarks.Step;
using AlignSharp.Data.Pairs;
using Xunit;
using static TorchSharp.torch;

namespace AlignSharp.Acceptance.Benchmarks;

public class StepWorkTests
{
    private static readonly StepShape Standard = new() { Name = "standard", Model = ModelShape.Standard, Type = ScalarType.BFloat16 };

    [Fact]
    public void The_standard_step_needs_about_950_GFLOP()
    {
        var work = StepWork.Of(Standard, RandomPairs.Batch(Standard, 0));
        Assert.Equal(777, work.Linear, 1.0);
        Assert.Equal(151, work.Head, 0.5);
        // 950 is a round figure; with attention's four backward products it is 965.
        Assert.InRange(work.Total, 950 * 0.98, 950 * 1.02);
    }

    [Fact]
    public void Attention_counts_the_pairs_of_tokens_that_see_each_other()
    {
        var pairs = RandomPairs.Batch(TinyStep.Shape, 0);
        var model = TinyStep.Shape.Model;
        double perLayer = 4.0 * model.Hidden * pairs.Sum(VisibleOneByOne) / 1e9;
        // Two forwards and a backward of twice one, less the gradient of the first layer's keys.
        Assert.Equal((4 * model.Layers - 0.5) * perLayer, StepWork.Of(TinyStep.Shape, pairs).Attention, 1e-12);
    }

    [Fact]
    public void A_known_reference_saves_one_forward_pass()
    {
        var pairs = RandomPairs.Batch(Standard, 0);
        var (asked, known) = (StepWork.Of(Standard, pairs), StepWork.Of(Standard with { ReferenceKnown = true }, pairs));
        double tokens = pairs.Sum(pair => pair.PackedTokens), model = Standard.Model.Layers * Standard.Model.LayerWeights;
        Assert.Equal(2 * tokens * model / 1e9, asked.Linear - known.Linear, 1e-6);
        Assert.Equal(asked.Head * 2 / 3, known.Head, 1e-6);
        Assert.Equal(asked.Lora, known.Lora);
    }

    private static double VisibleOneByOne(TokenizedPair pair)
    {
        int prompt = pair.PromptIds.Length, chosen = pair.ChosenIds.Length, visible = 0;
        for (var query = 0; query < pair.PackedTokens; query++)
            for (var key = 0; key <= query; key++)
                if (query < prompt + chosen || key < prompt || key >= prompt + chosen) visible++;
        return visible;
    }
}
