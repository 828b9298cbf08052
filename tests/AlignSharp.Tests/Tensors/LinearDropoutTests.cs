using AlignSharp.Tensors;
using AlignSharp.Testing;
using TorchSharp;
using Xunit;
using static AlignSharp.Tests.Tensors.OperatorCheck;
using static TorchSharp.torch;

namespace AlignSharp.Tests.Tensors;

/// <summary>Dropout before an adapter. With weights of zero and an adapter of identities, a map's output is its input after dropout.</summary>
[Collection(ProcessWide.Name)]
public class LinearDropoutTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_wanted_share_is_zero_and_the_rest_is_scaled_up(double probability)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var dropped = Dropped(ones(400, 100), probability).data<float>().ToArray();
        // Five standard deviations of a share of 40000.
        Assert.Equal(probability, dropped.Count(value => value == 0) / 40000.0, 5 * Math.Sqrt(probability * (1 - probability) / 40000));
        Assert.Equal(1 / (1 - probability), Assert.Single(dropped.Where(value => value != 0).Distinct()), 1e-5);
    }

    [Fact]
    public void Every_row_and_every_column_loses_its_share()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var zero = Dropped(ones(300, 300), 0.3).eq(0).to(ScalarType.Float32);
        // Five standard deviations of a share of 300, in 600 of them.
        foreach (var shares in new[] { zero.mean([0]), zero.mean([1]) })
            Assert.All(shares.data<float>().ToArray(), share => Assert.Equal(0.3, share, 5 * Math.Sqrt(0.3 * 0.7 / 300)));
    }

    [Fact]
    public void The_same_seed_drops_the_same_and_the_next_application_others()
    {
        using var scope = NewDisposeScope();
        var x = ones(20, 50);
        random.manual_seed(3);
        Tensor first = Dropped(x, 0.5), second = Dropped(x, 0.5);
        random.manual_seed(3);
        Tensor again = Dropped(x, 0.5), narrow = Dropped(x.to(ScalarType.BFloat16), 0.5);
        Assert.Equal(Bits(first), Bits(again));
        Assert.Equal(Bits(second), Bits(narrow.to(ScalarType.Float32)));
        Assert.InRange(Same(first, second), 0.4, 0.6);
    }

    [Fact]
    public void Two_maps_of_one_input_drop_independently()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        var outputs = Linear.Apply(ones(20, 50), Identity(50, 0.5), Identity(50, 0.5));
        Assert.InRange(Same(outputs[0], outputs[1]), 0.4, 0.6);
    }

    [Fact]
    public void Without_dropout_no_random_number_is_drawn()
    {
        using var scope = NewDisposeScope();
        var before = Bits(get_rng_state());
        Assert.Equal(1, Dropped(ones(20, 50), 0).min().item<float>());
        Assert.Equal(before, Bits(get_rng_state()));
    }

    [Fact]
    public void A_probability_of_one_drops_all()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, Dropped(ones(5, 17), 1).abs().sum().item<float>());
    }

    // For one choice of what is dropped each input enters linearly, so that steps of 1 are exact but for float32's rounding.
    [Fact]
    public void The_gradient_is_that_of_the_elements_that_were_kept()
    {
        using var scope = NewDisposeScope();
        var inputs = new[] { Fixed(ScalarType.Float64, 1, 5, 19), Fixed(ScalarType.Float64, 2, 3, 19), Fixed(ScalarType.Float64, 3, 2, 19), Fixed(ScalarType.Float64, 4, 3, 2), Fixed(ScalarType.Float64, 5, 2, 19), Fixed(ScalarType.Float64, 6, 3, 2) };
        Assert.InRange(GradientCheck.LargestError(Apply, inputs, step: 1), 0, 1e-5);

        static Tensor Apply(Tensor[] inputs)
        {
            random.manual_seed(5);
            var t = inputs.Select(input => input.to(ScalarType.Float32)).ToArray();
            return cat(Linear.Apply(t[0], new LinearMap(t[1], null, new LowRankUpdate(t[2], t[3], 0.5, 0.4)), new LinearMap(t[1], null, new LowRankUpdate(t[4], t[5], 2, 0.4))), 1);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void The_input_gets_its_gradient_through_the_same_choice(ScalarType type)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        var x = ones(33, 50, dtype: type).requires_grad_();
        var y = Dropped(x, 0.5);
        Backpropagation.Run(y.sum());
        // With identities the gradient of a sum is the factor of each element: 2 or 0.
        Assert.Equal(Bits(y), Bits(x.grad!));
    }

    [Fact]
    public void The_plain_form_drops_the_same_share()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        var dropped = Dropped(ones(100, 100, dtype: ScalarType.Float64), 0.25);
        Assert.Equal(0.25, dropped.eq(0).to(ScalarType.Float64).mean().item<double>(), 0.03);
        Assert.Equal(1 / 0.75, dropped.max().item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void A_scored_head_drops_independently_in_every_row_however_many_there_are(ScalarType type)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(8);
        const int width = 24, rows = 1100;
        var adapter = new LowRankUpdate(eye(width, dtype: type), eye(width, dtype: type), 1, 0.5);
        var head = new LinearMap(zeros(width, width, dtype: type), null, adapter);
        var indices = zeros(rows, dtype: ScalarType.Int64);
        var means = LogProbHead.Score(ones(1, width, dtype: type), indices, indices, head, withStatistics: true).Statistics!.Value.MeanLogit;
        var first = means.narrow(0, 0, 500);
        // Whoever drops the same in every block of rows gives equal means everywhere.
        foreach (var offset in new[] { 1, 256, 512, 600 }) Assert.InRange(Same(first, means.narrow(0, offset, 500)), 0, 0.3);
    }

    private static Tensor Dropped(Tensor x, double probability) => Linear.Apply(x, Identity(x.shape[1], probability, x.dtype));

    private static LinearMap Identity(long width, double probability, ScalarType type = ScalarType.Float32)
    {
        var adapter = type == ScalarType.BFloat16 ? ScalarType.Float32 : type;
        return new LinearMap(zeros(width, width, dtype: type), null, new LowRankUpdate(eye(width, dtype: adapter), eye(width, dtype: adapter), 1, probability));
    }

    private static double Same(Tensor one, Tensor other) => one.eq(other).to(ScalarType.Float64).mean().item<double>();
}
